import type { OfflineMessage } from '../core/offline-message.ts';

/** An open page looks for a newer version no more often than this. */
const LOOK_MS = 3_600_000;

/** A worker that was asked to take over does so in milliseconds; the page reloads without it rather than not at all. */
const TAKE_OVER_MS = 3000;

/**
 * Watches for another version of the page. `tell` is called once, with what brings that version: nothing is reloaded before.
 * Also lets the worker fetch what the page may need later, and forget older versions.
 */
export async function watchUpdates(baseUrl: string, tell: (reload: () => void) => void): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  const workers = navigator.serviceWorker;
  const registration = await workers.getRegistration(baseUrl);
  // The page's own script is the last, as its build lists it: what it shares with others is started before it.
  const script = [...document.querySelectorAll<HTMLScriptElement>('script[type="module"][src]')].at(-1);
  if (registration === undefined || script === undefined) return;
  const entry = script.src.slice(baseUrl.length);
  const send = (worker: ServiceWorker | null, message: OfflineMessage): void => worker?.postMessage(message);

  let isTold = false;
  function tellOnce(worker: ServiceWorker): void {
    if (isTold) return;
    isTold = true;
    tell(() => reloadWith(worker));
  }

  function reloadWith(worker: ServiceWorker): void {
    const reload = (): void => location.reload();
    if (worker.state !== 'installed') {
      reload();
      return;
    }
    workers.addEventListener('controllerchange', reload, { once: true });
    setTimeout(reload, TAKE_OVER_MS);
    send(worker, { kind: 'take-over' });
  }

  /** A worker of the page's own build may serve at once: the page came by the network before it. */
  async function judge(worker: ServiceWorker): Promise<void> {
    if (!(await belongs(worker, entry))) tellOnce(worker);
    else if (worker.state === 'installed') send(worker, { kind: 'take-over' });
  }

  function follow(worker: ServiceWorker | null): void {
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'installed' && registration?.waiting === worker) void judge(worker);
    });
  }

  registration.addEventListener('updatefound', () => follow(registration.installing));
  follow(registration.installing);
  if (registration.waiting !== null) void judge(registration.waiting);
  workers.addEventListener('controllerchange', () => {
    // Another window may have let it in.
    if (workers.controller !== null) void judge(workers.controller);
    send(workers.controller, { kind: 'controlled', entry });
  });
  send(workers.controller, { kind: 'controlled', entry });

  let lookedAt = performance.now();
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible' || performance.now() - lookedAt < LOOK_MS) return;
    lookedAt = performance.now();
    registration.update().catch(() => {}); // Offline: the next look may find it.
  });
}

/** Asks a worker whether its build starts with `entry`; an older kind of worker that cannot answer counts as another's. */
function belongs(worker: ServiceWorker, entry: string): Promise<boolean> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data === true);
    setTimeout(() => resolve(false), TAKE_OVER_MS);
    worker.postMessage({ kind: 'belongs', entry } satisfies OfflineMessage, [port2]);
  });
}
