import type { Backend, EngineSettings } from '../src/contract/engine.ts';
import { AppError } from '../src/core/errors.ts';
import { createCanvasSurface } from './cpu/canvas-surface.ts';
import { createCpuCompute } from './cpu/cpu-compute.ts';
import type { EngineDeps, Pixels } from './engine-deps.ts';
import { probeDevice, threadsFor } from './gpu/probe.ts';
import { createKeptWeights } from './library/kept-weights.ts';
import { openEarly } from './load/early-compute.ts';
import { createEarnedTrust } from './load/earned-trust.ts';
import { createModelStore } from './load/model-store.ts';
import type { Compute } from './pipeline/compute.ts';
import type { RuntimeOptions, Runtimes } from './runtimes.ts';

/** One cache for all versions: files are named by hash in it. */
const CACHE_NAME = 'latentlift-models';

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
  { baseUrl, modelsUrl, memoryShare, expected, isSingleThread = false }: EngineSettings,
  runtimes: Runtimes,
): EngineDeps {
  const openCache = (): Promise<Cache | null> =>
    typeof caches === 'undefined' ? Promise.resolve(null) : caches.open(CACHE_NAME).catch(() => null);

  const isIsolated = globalThis.crossOriginIsolated === true;
  const threads = isSingleThread ? 1 : threadsFor(isIsolated, navigator.hardwareConcurrency);

  async function openCompute(backend: Backend, options: RuntimeOptions): Promise<Compute> {
    if (backend === 'wasm') {
      const runtime = await runtimes.wasm({ ...options, threads });
      return createCpuCompute(runtime, { createSurface: createCanvasSurface, memoryShare });
    }
    // Loaded with the backend that needs it.
    const [{ createGpuCompute }, runtime, opened] = await Promise.all([
      import('./gpu/gpu-compute.ts'),
      runtimes.webgpu(options),
      import('./gpu/device.ts').then(({ openDevice }) => openDevice()),
    ]);
    return createGpuCompute(await runtime.start(opened.device), opened, { memoryShare });
  }

  return {
    store: createModelStore({
      modelsUrl: modelsUrl ?? `${baseUrl}models/`,
      openCache,
      fetch: fetch.bind(globalThis),
    }),
    library: createKeptWeights(async () =>
      (await import('./library/browser-library.ts')).createBrowserLibrary(baseUrl),
    ),
    trust: createEarnedTrust({ modelsUrl: modelsUrl ?? `${baseUrl}models/`, openCache }),
    probe: (wanted) => probeDevice(wanted, threads),
    readPixels,
    openCompute: expected === undefined ? openCompute : openEarly(openCompute, expected),
  };
}
