import type { WorkerLike } from '../client/worker-connection.ts';

/**
 * The packaged worker. From another origin (a CDN) none may start, so there it is imported by a small one of the page's own, which needs
 * `worker-src blob:` of a Content Security Policy. The package's build puts the name of its own worker here.
 */
export function spawnPackagedWorker(): WorkerLike {
  const { href, origin } = new URL('../../workers/upscaler.worker.ts', import.meta.url);
  if (origin === location.origin || !href.startsWith('http'))
    return new Worker(new URL('../../workers/upscaler.worker.ts', import.meta.url), {
      type: 'module',
      name: 'latentlift-engine',
    });
  const script = new Blob([`import ${JSON.stringify(href)};`], { type: 'text/javascript' });
  const address = URL.createObjectURL(script);
  return new Worker(address, { type: 'module', name: 'latentlift-engine' });
}
