import type { Backend, LoadReport } from '../contract/engine.ts';
import type { EngineClient } from './engine-client.ts';
import { EngineWorker } from './engine-worker.ts';
import { WeightsWorker } from './weights-worker.ts';
import { type Locks, PATIENCE, type Patience, type WorkerLike } from './worker-connection.ts';

export interface EngineClientOptions {
  /** Absolute address of the folder that holds `models/`, ending in a slash. */
  readonly baseUrl: string;
  /** Absolute address of the folder of models, ending in a slash, where it is another than `models/` there. */
  readonly modelsUrl?: string;
  /** Absolute address of a folder with the runtime's own files (onnxruntime-web/dist); only the packaged worker needs it, on pages without a bundler. */
  readonly runtimeUrl?: string;
  /** What will most likely run, as an earlier `LoadReport` says: it is readied while the device is asked. A wrong guess costs its download. */
  readonly expected?: Backend | undefined;
  /** Told when the plan was loaded again in a new worker after a failure; its backend may be another. */
  readonly onReload?: (report: LoadReport) => void;
  /**
   * How a worker is made: at the start, again after a failure, and one more for weights of a person's own, which are looked at and fetched
   * beside the networks' work. For a worker of the caller's own, and for tests.
   */
  readonly spawn?: () => WorkerLike;
  readonly patience?: Patience;
  /** The browser's Web Locks; undefined where it has none, as on pages without a secure origin. */
  readonly locks?: Locks | undefined;
}

/** Absent in Node as a whole, and in browsers on insecure pages. */
const browserLocks = (): Locks | undefined => (globalThis.navigator as Partial<Navigator> | undefined)?.locks;

/** The package's build puts the name of its own worker here (scripts/lib/build-lib.ts). */
const spawnWorker = (): WorkerLike =>
  new Worker(new URL('../../workers/upscaler.worker.ts', import.meta.url), {
    type: 'module',
    name: 'latentlift-engine',
  });

/**
 * An engine in a worker that is started at the first call, and again after it has ended.
 *
 * @example
 * ```ts
 * import { createEngineClient, type Latent } from 'latentlift';
 *
 * export async function picture(latent: Latent, signal: AbortSignal): Promise<ImageBitmap> {
 *   const engine = createEngineClient({ baseUrl: new URL('./', document.baseURI).href });
 *   const models = { decoder: 'flux2-decoder', upscaler: 'flux2-lua' };
 *   const { backend, precision } = await engine.load({ backend: 'auto', precision: 'auto', models }, { signal });
 *   console.log(`runs on ${backend} in ${precision}`);
 *   const { bitmap } = await engine.decode({ latent, scale: 4, method: 'lua' }, { signal });
 *   await engine.dispose();
 *   return bitmap;
 * }
 * ```
 */
export function createEngineClient({
  baseUrl,
  modelsUrl,
  runtimeUrl,
  expected,
  onReload,
  spawn = spawnWorker,
  patience = PATIENCE,
  locks = browserLocks(),
}: EngineClientOptions): EngineClient {
  const settings = {
    baseUrl,
    ...(modelsUrl !== undefined && { modelsUrl }),
    ...(runtimeUrl !== undefined && { runtimeUrl }),
  };
  const common = { spawn, patience, locks };
  const worker = new EngineWorker({
    ...common,
    settings: { ...settings, ...(expected !== undefined && { expected }) },
    onReload,
  });
  const weights = new WeightsWorker(
    worker,
    () => new EngineWorker({ ...common, settings, onReload: undefined }),
  );
  return {
    probe: (backend, options) => worker.again((engine) => engine.probe(backend), options),
    load: (plan, options = {}) => worker.load(plan, options),
    decode: (job, options = {}) =>
      worker.withModels((engine, id, report) => engine.decode(id, job, report), options, {
        isRepeatable: true,
        discard: (late) => late.bitmap.close(),
      }),
    upscale: (job, options = {}) =>
      worker.withModels((engine, id, report) => engine.upscale(id, job, report), options, {
        isRepeatable: true,
      }),
    convert: (latent, to, options = {}) =>
      worker.withModels((engine, id, report) => engine.convert(id, latent, to, report), options, {
        isRepeatable: true,
      }),
    encode: (picture, options = {}) =>
      worker
        .withModels((engine, id, report) => engine.encode(id, picture, report), options, {
          isRepeatable: false,
        })
        .finally(() => picture.close()),
    importWeights: async (source, options = {}) =>
      (await weights.started()).undisturbed(
        (engine, id, report) => engine.importWeights(id, source, report),
        options,
      ),
    describeWeights: async (file, name, address) =>
      (await weights.started()).again((engine) => engine.describeWeights(file, name, address)),
    listWeights: async () => (await weights.present()).again((engine) => engine.listWeights()),
    removeWeights: async (what) => (await weights.present()).once((engine) => engine.removeWeights(what)),
    clearWeights: async () => (await weights.present()).once((engine) => engine.clearWeights()),
    forecastMemory: async (request) =>
      (await weights.present()).again((engine) => engine.forecastMemory(request)),
    dispose: async () => {
      weights.dispose();
      worker.dispose();
    },
  };
}
