import type { Backend } from '../contract/engine.ts';
import { isSoftwareAdapter } from '../core/software-adapter.ts';

const KEY = 'latentlift-reloaded-for-threads';

export interface IsolationSurroundings {
  readonly isIsolated: boolean;
  /** True in a frame, which only the page around it could isolate. */
  readonly isFramed: boolean;
  /** Whether requests go through our service worker, which adds the headers that isolate. */
  readonly isControlled: boolean;
  readonly cores: number;
  /** Whether anything was done on the page, which loading it again would lose. */
  isTouched(): boolean;
  hasGpu(): Promise<boolean>;
  /** Of this tab: null where there is none, and then a loop could not be told. */
  readonly storage: Pick<Storage, 'getItem' | 'setItem'> | null;
}

/**
 * True, once in a tab, where loading the page again gives the CPU all its cores: shared memory needs isolation, plain hosts
 * send no headers for it, and the service worker adds them from the next load on. A GPU does without.
 */
export async function shouldReloadForThreads(
  backend: Backend | 'auto',
  { isIsolated, isFramed, isControlled, cores, isTouched, hasGpu, storage }: IsolationSurroundings,
): Promise<boolean> {
  if (isIsolated || isFramed || !isControlled || cores < 2 || storage === null) return false;
  if (backend !== 'wasm' && (await hasGpu())) return false;
  if (isTouched()) return false;
  try {
    if (storage.getItem(KEY) !== null) return false;
    storage.setItem(KEY, 'yes');
    return true;
  } catch {
    return false;
  }
}

/** What a person begins with: a file may be dropped before the page is known to stay. */
const TOUCHES = ['pointerdown', 'keydown', 'dragover', 'drop', 'paste', 'change'] as const;

/** Whether the page was touched since. */
export function watchTouches(target: EventTarget): () => boolean {
  let isTouched = false;
  function note(): void {
    isTouched = true;
  }
  for (const type of TOUCHES) target.addEventListener(type, note, { capture: true, once: true });
  return () => isTouched;
}

/** Loads the page again where that gives it threads; resolves where it stays, as it does once it was touched. */
export async function isolateOnce(backend: Backend | 'auto', isTouched: () => boolean): Promise<void> {
  if (await shouldReloadForThreads(backend, surroundings(isTouched))) {
    location.reload();
    await new Promise(() => {}); // Nothing is loaded into a page that is about to go.
  }
}

function surroundings(isTouched: () => boolean): IsolationSurroundings {
  return {
    isTouched,
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
