// Service worker: keeps the page itself at hand, so that it opens without a network. Weights are not its business:
// the engine checks and keeps those. Hashed files never change and come from the cache; everything else is asked of
// the network first, so that a new version shows at once. It also isolates the page on hosts that cannot set headers:
// without isolation there is no shared memory, and the CPU fallback has one thread.
const CACHE = 'latentlift-page';
// Hosts that answer `Vary: Origin` would hide what this worker fetched from the page, whose module scripts send an Origin.
const ANY_HEADERS = { ignoreVary: true };

const ISOLATION = [
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['Cross-Origin-Embedder-Policy', 'require-corp'],
];

const isHashed = (url) => url.pathname.startsWith(new URL('assets/', self.registration.scope).pathname);
const isWeights = (url) => url.pathname.endsWith('.safetensors');

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  const isOurs = url.href.startsWith(self.registration.scope);
  if (event.request.method !== 'GET' || !isOurs || isWeights(url)) return;
  const response = isHashed(url) ? cacheFirst(event.request) : networkFirst(event.request);
  const isContext = event.request.mode === 'navigate' || event.request.destination === 'worker';
  event.respondWith(isContext ? response.then(isolated) : response);
});

// A document or worker, with the headers that isolate it. What it takes from other hosts it fetches with CORS, as before.
function isolated(response) {
  if (response.status === 0) return response; // A redirect, for the browser to follow.
  const headers = new Headers(response.headers);
  for (const [name, value] of ISOLATION) if (!headers.has(name)) headers.set(name, value);
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}

// The page tells what it loaded past this worker; at its start, a script not seen before means a new version.
self.addEventListener('message', (event) => event.waitUntil(keep(event.data)));

async function cacheFirst(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request, ANY_HEADERS);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) await cache.put(request, response.clone());
  return response;
}

async function networkFirst(request) {
  const cache = await caches.open(CACHE);
  // A view's address differs only in its query; offline they are all the same page.
  const options = { ...ANY_HEADERS, ignoreSearch: request.mode === 'navigate' };
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(new URL(request.url).origin + new URL(request.url).pathname, response.clone());
    return response;
  } catch (error) {
    const kept = await cache.match(request, options);
    if (kept) return kept;
    throw error;
  }
}

async function keep({ page, files, isStart }) {
  const cache = await caches.open(CACHE);
  const hashed = files.filter((file) => isHashed(new URL(file)));
  const known = await Promise.all(hashed.map((file) => cache.match(file, ANY_HEADERS)));
  const isNewVersion = isStart && hashed.some((file, index) => file.endsWith('.js') && !known[index]);
  if (isNewVersion) {
    for (const request of await cache.keys()) {
      if (isHashed(new URL(request.url)) && !files.includes(request.url)) await cache.delete(request);
    }
  }
  for (const file of [page, ...files.filter((name) => !isWeights(new URL(name)))]) {
    if (await cache.match(file, ANY_HEADERS)) continue;
    try {
      await cache.add(file);
    } catch {
      // A file that is gone again is not needed offline either.
    }
  }
}
