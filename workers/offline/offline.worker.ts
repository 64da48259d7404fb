/**
 * Service worker: keeps the page itself at hand, so that it opens without a network. Weights are not its business: the
 * engine checks and keeps those. It also isolates the page on hosts that cannot set headers: without isolation there is no
 * shared memory, and the CPU fallback has one thread.
 */
import type { BuildManifest, OfflineMessage } from '../../src/core/offline-message.ts';
import { createOfflineCopy } from './offline-copy.ts';

/** Put here by the build (scripts/site/offline-plugin.ts): another build makes another worker, which the browser notices. */
declare const __BUILD__: BuildManifest;
const BUILD = __BUILD__;

const worker = globalThis as unknown as ServiceWorkerGlobalScope;
const { scope } = worker.registration;
const copy = createOfflineCopy({
  build: BUILD,
  scope,
  caches: worker.caches,
  fetch: (input, init) => worker.fetch(input, init),
});

const ISOLATION = [
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['Cross-Origin-Embedder-Policy', 'require-corp'],
] as const;

/** A document or worker, with the headers that isolate it. What it takes from other hosts it fetches with CORS, as before. */
function isolated(response: Response): Response {
  if (response.status === 0) return response; // A redirect, for the browser to follow.
  const headers = new Headers(response.headers);
  for (const [name, value] of ISOLATION) if (!headers.has(name)) headers.set(name, value);
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}

worker.addEventListener('install', (event) => {
  event.waitUntil(copy.inherit());
  // With nothing to replace there is nothing to ask; a newer worker waits until the page lets it take over.
  if (worker.registration.active === null) void worker.skipWaiting();
});

worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const isWeights = new URL(request.url).pathname.endsWith('.safetensors');
  if (request.method !== 'GET' || !request.url.startsWith(scope) || isWeights) return;
  const response = copy.answer(request, (work) => event.waitUntil(work));
  const isContext = request.mode === 'navigate' || request.destination === 'worker';
  event.respondWith(isContext ? response.then(isolated) : response);
});

worker.addEventListener('message', (event) => {
  const message = event.data as OfflineMessage;
  switch (message.kind) {
    case 'loaded':
      return event.waitUntil(copy.keep(message.files));
    case 'controlled':
      return event.waitUntil(completeCopy(message.entry));
    case 'belongs':
      return event.ports[0]?.postMessage(message.entry === BUILD.entry);
    case 'take-over':
      return event.waitUntil(worker.skipWaiting());
  }
});

async function completeCopy(entry: string): Promise<void> {
  if (entry !== BUILD.entry) return;
  await copy.keepScripts();
  // Another window may still run an older build and need its parts.
  const windows = await worker.clients.matchAll({ type: 'window' });
  if (windows.length === 1) await copy.dropOlder();
}
