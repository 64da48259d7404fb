import type { WorkerLike } from '../client/worker-connection.ts';
import { trustOwnScripts } from '../contract/trusted-scripts.ts';

/** Folder of the package's models. Spelled so that no bundler takes it for a module: Turbopack ends a build over one that it cannot find. */
export const PACKAGED_MODELS: string = new URL(import.meta.url.replace(/[^/]*$/, '../models/')).href;

let isTrusted = false;

/** Where the page's policy asks for trusted types, its own default policy judges, or else ours, which lets this site's scripts be workers. */
function trustOnce(): void {
  if (isTrusted) return;
  isTrusted = true;
  try {
    trustOwnScripts();
  } catch {
    // The page has a default policy already, or allows none.
  }
}

/**
 * The packaged worker. From another origin (a CDN) none may start, so there it is imported by a small one of the page's own, which needs
 * `worker-src blob:` of a Content Security Policy. The package's build puts the name of its own worker here.
 */
export function spawnPackagedWorker(): WorkerLike {
  trustOnce();
  const { href, origin } = new URL('../../workers/upscaler.worker.ts', import.meta.url);
  if (origin === location.origin || !href.startsWith('http')) {
    return new Worker(new URL('../../workers/upscaler.worker.ts', import.meta.url), {
      type: 'module',
      name: 'latentlift-engine',
    });
  }
  const script = new Blob([`import ${JSON.stringify(href)};`], { type: 'text/javascript' });
  const address = URL.createObjectURL(script);
  return new Worker(address, { type: 'module', name: 'latentlift-engine' });
}
