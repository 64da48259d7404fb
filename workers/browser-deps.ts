import type { EngineSettings } from '../src/contract/engine.ts';
import { AppError } from '../src/core/errors.ts';
import { createCanvasSurface } from './cpu/canvas-surface.ts';
import { createCpuCompute } from './cpu/cpu-compute.ts';
import type { EngineDeps, Pixels } from './engine-deps.ts';
import { openDevice } from './gpu/device.ts';
import { probeDevice, threadsFor } from './gpu/probe.ts';
import { createCacheStorage } from './library/cache-storage.ts';
import { createClaims, createLockClaims } from './library/claims.ts';
import type { FileStorage } from './library/file-storage.ts';
import { firstWorkingStorage } from './library/first-working-storage.ts';
import { createOpfsStorage, hasOpfs } from './library/opfs-storage.ts';
import { sliceBlob } from './library/slice-blob.ts';
import { createWeightsLibrary } from './library/weights-library.ts';
import { createEarnedTrust } from './load/earned-trust.ts';
import { createModelStore } from './load/model-store.ts';
import type { Runtimes } from './runtimes.ts';

/** One cache for all versions: files are named by hash in it. */
const CACHE_NAME = 'latentlift-models';

/** Where a person's weights are kept: a cache, and a folder, of this name. */
const WEIGHTS_NAME = 'latentlift-weights';

/** The best storage that this browser gives: files that can be written in place, else a cache, else memory. */
const openWeightsStorage = (baseUrl: string): Promise<FileStorage> =>
  firstWorkingStorage([
    async () => {
      if (!hasOpfs()) return null;
      const root = await navigator.storage.getDirectory();
      return createOpfsStorage(await root.getDirectoryHandle(WEIGHTS_NAME, { create: true }));
    },
    async () =>
      typeof caches === 'undefined'
        ? null
        : createCacheStorage(await caches.open(WEIGHTS_NAME), `${baseUrl}weights/`),
  ]);

async function freeBytes(): Promise<number | null> {
  try {
    const { quota, usage } = await navigator.storage.estimate();
    return quota === undefined || usage === undefined ? null : Math.max(0, quota - usage);
  } catch {
    return null;
  }
}

function readPixels(picture: ImageBitmap): Pixels {
  const { height, width } = picture;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (context === null) {
    throw new AppError(
      'engine/out-of-memory',
      `The browser gave no canvas of ${width}x${height} pixels for the picture.`,
    );
  }
  context.drawImage(picture, 0, 0);
  return { rgba: context.getImageData(0, 0, width, height).data, height, width };
}

/** The engine's surroundings in a worker of a browser. */
export function createBrowserDeps(
  { baseUrl, modelsUrl, memoryShare }: EngineSettings,
  runtimes: Runtimes,
): EngineDeps {
  const openCache = (): Promise<Cache | null> =>
    typeof caches === 'undefined' ? Promise.resolve(null) : caches.open(CACHE_NAME).catch(() => null);

  return {
    store: createModelStore({
      modelsUrl: modelsUrl ?? `${baseUrl}models/`,
      openCache,
      fetch: fetch.bind(globalThis),
    }),
    library: createWeightsLibrary({
      openStorage: () => openWeightsStorage(baseUrl),
      openBlob: sliceBlob,
      fetch: fetch.bind(globalThis),
      freeBytes,
      // Absent outside secure contexts, where nothing is kept either.
      claims: 'locks' in navigator ? createLockClaims(navigator.locks, `${WEIGHTS_NAME}:`) : createClaims(),
    }),
    trust: createEarnedTrust({ modelsUrl: modelsUrl ?? `${baseUrl}models/`, openCache }),
    probe: probeDevice,
    readPixels,
    async openCompute(backend, options) {
      if (backend === 'wasm') {
        const threads = threadsFor(globalThis.crossOriginIsolated === true, navigator.hardwareConcurrency);
        const runtime = await runtimes.wasm({ ...options, threads });
        return createCpuCompute(runtime, { createSurface: createCanvasSurface, memoryShare });
      }
      // Loaded with the backend that needs it.
      const [{ createGpuCompute }, runtime, opened] = await Promise.all([
        import('./gpu/gpu-compute.ts'),
        runtimes.webgpu(options),
        openDevice(),
      ]);
      return createGpuCompute(await runtime.start(opened.device), opened, { memoryShare });
    },
  };
}
