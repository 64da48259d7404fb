import type { OfflineMessage } from '../core/offline-message.ts';
import { within } from '../core/within.ts';

/** Its script has a few kilobytes: one that stalls is not waited for any longer. */
const REGISTERING_MS = 5000;

/** The engine waits this long for the worker to take over; a slower one serves from the next visit on. */
const PATIENCE_MS = 1500;

/**
 * Lets the page open without a network from its second visit on. Resolves when requests go through the service worker, so
 * that what is fetched after that is kept, or when that is not to be: where service workers are missing or refused, the
 * page works all the same.
 */
export async function keepOffline(baseUrl: string): Promise<void> {
  const workers = 'serviceWorker' in navigator ? navigator.serviceWorker : null;
  if (workers === null) return;
  const isControlled = new Promise<void>((resolve) => {
    if (workers.controller !== null) resolve();
    else workers.addEventListener('controllerchange', () => resolve(), { once: true });
  });
  // However late it takes over, it must hear of the scripts that were loaded before.
  void isControlled.then(() => tellLoaded(workers, baseUrl));
  try {
    const registered = workers.register(new URL('offline.js', baseUrl), { scope: baseUrl });
    await within(registered, REGISTERING_MS, () => {});
    await within(isControlled, PATIENCE_MS, () => {});
  } catch {
    // Private windows and some embedded browsers refuse.
  }
}

/** Names what was loaded past the worker: now, whenever more of it ends, and again to a worker that replaces it. */
function tellLoaded(workers: ServiceWorkerContainer, baseUrl: string): void {
  function tell(files: readonly string[]): void {
    if (files.length > 0) workers.controller?.postMessage({ kind: 'loaded', files } satisfies OfflineMessage);
  }
  // The page itself first, whatever it was opened as (a query, index.html).
  const tellAll = (): void => tell([baseUrl, ...own(baseUrl, performance.getEntriesByType('resource'))]);
  tellAll();
  workers.addEventListener('controllerchange', tellAll);
  new PerformanceObserver((list) => tell(own(baseUrl, list.getEntries()))).observe({ type: 'resource' });
}

/** The addresses of ours among `entries`, without their queries; weights are kept elsewhere. */
const own = (baseUrl: string, entries: PerformanceEntryList): string[] => [
  ...new Set(
    entries
      .map(({ name }) => name.split(/[?#]/)[0] ?? name)
      .filter((name) => name.startsWith(baseUrl) && !name.endsWith('.safetensors')),
  ),
];
