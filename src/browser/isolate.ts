import type { Backend } from '../contract/engine.ts';
import { isSoftwareAdapter } from '../core/software-adapter.ts';
import { within } from '../core/within.ts';

const KEY = 'latentlift-reloaded-for-threads';

/**
 * The lists and a demo come sooner on most lines, beside the offline copy's own script. What takes longer is begun anew by the next page, or
 * told where the reload is called off.
 */
const QUIET_MS = 1000;

export interface IsolationSurroundings {
  readonly isIsolated: boolean;
  /** True in a frame, which only the page around it could isolate. */
  readonly isFramed: boolean;
  /** Whether requests go through our service worker, which adds the headers that isolate. */
  readonly isControlled: boolean;
  readonly cores: number;
  /** Aborted once anything was done on the page, which loading it again would lose. */
  readonly touched: AbortSignal;
  /** Settled when nothing is on its way to the page any more: a reload breaks that off, and may itself be called off. */
  readonly isQuiet: Promise<unknown>;
  /** How long that is waited for. */
  readonly quietMs?: number;
  hasGpu(): Promise<boolean>;
  /** Of this tab: null where there is none, and then a loop could not be told. */
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | null;
  readonly window: Pick<Window, 'stop'> & { readonly location: Pick<Location, 'reload'> };
}

/** True, once in a tab, where loading the page again gives the CPU all its cores. A GPU does without. */
async function shouldReloadForThreads(
  backend: Backend | 'auto',
  {
    isIsolated,
    isFramed,
    isControlled,
    cores,
    touched,
    isQuiet,
    quietMs,
    hasGpu,
    storage,
  }: IsolationSurroundings,
): Promise<boolean> {
  if (isIsolated || isFramed || !isControlled || cores < 2 || storage === null) return false;
  try {
    if (storage.getItem(KEY) !== null || (backend !== 'wasm' && (await hasGpu()))) return false;
    await within(isQuiet, quietMs ?? QUIET_MS, () => {});
    if (touched.aborted) return false;
    storage.setItem(KEY, 'yes');
    return true;
  } catch {
    return false;
  }
}

/** What a person begins with: a file may be dropped before the page is known to stay. A screen reader's click has no pointer. */
const TOUCHES = ['pointerdown', 'click', 'keydown', 'dragover', 'drop', 'paste', 'change'] as const;

/** Aborts when the page is touched. */
export function watchTouches(target: EventTarget): AbortSignal {
  const touch = new AbortController();
  for (const type of TOUCHES) {
    target.addEventListener(type, () => touch.abort(), { capture: true, once: true });
  }
  return touch.signal;
}

/**
 * Loads the page again, once in a tab, where that gives it threads: shared memory needs isolation, plain hosts send no headers for it,
 * and the service worker adds them from the next load on. Resolves where the page stays, as it does once it was touched: also
 * after the reload was asked for, since until the next page is there this one takes what is dropped.
 */
export async function isolateOnce(
  backend: Backend | 'auto',
  surroundings: IsolationSurroundings,
): Promise<void> {
  if (!(await shouldReloadForThreads(backend, surroundings))) return;
  const { touched, window, storage } = surroundings;
  window.location.reload();
  // Nothing is loaded into a page that is about to go.
  await new Promise<void>((resolve) => {
    touched.addEventListener('abort', () => {
      window.stop();
      storage?.removeItem(KEY);
      resolve();
    });
  });
}

export function surroundingsOf(touched: AbortSignal, isQuiet: Promise<unknown>): IsolationSurroundings {
  return {
    touched,
    isQuiet,
    window,
    isIsolated: globalThis.crossOriginIsolated === true,
    isFramed: window.top !== window,
    isControlled: 'serviceWorker' in navigator && navigator.serviceWorker.controller !== null,
    cores: navigator.hardwareConcurrency,
    hasGpu: async () => {
      // Absent in browsers without WebGPU.
      const gpu: GPU | undefined = navigator.gpu;
      const adapter = (await gpu?.requestAdapter().catch(() => null)) ?? null;
      return adapter !== null && !isSoftwareAdapter(adapter.info);
    },
    storage: tabStorage(),
  };
}

function tabStorage(): Storage | null {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}
