import type { Precision } from '../../src/contract/engine.ts';
import { AppError, isAbort } from '../../src/core/errors.ts';
import type { FamilyId } from '../../src/core/latent/latent.ts';
import { fromRgba } from '../../src/core/pixels.ts';
import { createSerialQueue, type SerialQueue } from '../../src/core/serial-queue.ts';
import { runFiniteTest } from '../load/finite-test.ts';
import type { Ort } from '../ort/ort-module.ts';
import type { Tensor } from '../pipeline/compute.ts';
import { decodeToTensor } from '../pipeline/decode-stage.ts';
import { encodePlanes } from '../pipeline/encode-stage.ts';
import { requireRole } from '../pipeline/job-rules.ts';
import type { PipelineModels } from '../pipeline/model.ts';
import { createNetworkCache } from '../pipeline/network-cache.ts';
import { renderJob, upscaleOnDevice } from '../pipeline/pipeline.ts';
import { type Run, startRun, trusted } from '../pipeline/run.ts';
import type { Workshop } from '../pipeline/tiled-run.ts';
import { type CheckedLatent, checkInput } from './check-input.ts';
import { placeOnCpu } from './cpu-placement.ts';
import type {
  CallOptions,
  CpuEngine,
  DirectEngine,
  EngineOptions,
  GpuEngine,
  LatentInput,
  PictureOptions,
} from './engine-types.ts';
import { placeOnGpu } from './gpu-placement.ts';
import { openModels } from './open-models.ts';
import type { Picture, Placement } from './placement.ts';

/** One queue for each runtime: it bears no two calls at once, whichever engine makes them. */
const queues = new WeakMap<object, SerialQueue>();

function queueOf({ InferenceSession }: Ort): SerialQueue {
  const known = queues.get(InferenceSession) ?? createSerialQueue();
  queues.set(InferenceSession, known);
  return known;
}

const familyOf = (models: PipelineModels): FamilyId => {
  const { decoder, upscaler, encoder } = models;
  return (decoder ?? upscaler ?? encoder)?.description.families[0] ?? 'flux2';
};

/** f16 where the device has it, it was not forbidden, and the networks give sound values in it. */
async function choosePrecision<T extends Tensor>(
  { compute }: Placement<T, unknown>,
  models: PipelineModels,
  options: EngineOptions,
): Promise<Workshop<T>> {
  const wants = options.device?.features.has('shader-f16') === true && options.precision !== 'f32';
  const workshopOf = (precision: Precision): Workshop<T> => ({
    compute,
    networks: createNetworkCache(compute, precision),
    precision,
  });
  if (!wants) return workshopOf('f32');
  const half = workshopOf('f16');
  for (const model of [models.decoder, models.upscaler]) {
    if (model === undefined) continue;
    const run = startRun(options.signal ?? new AbortController().signal, () => {});
    const fault = await runFiniteTest(half, model, run).finally(() => run.end());
    if (fault === null) continue;
    await half.networks.keepOnly([]);
    return workshopOf('f32');
  }
  return half;
}

interface Parts<T extends Tensor, Out> {
  readonly placement: Placement<T, Out>;
  readonly models: PipelineModels;
  readonly workshop: Workshop<T>;
  readonly queue: SerialQueue;
}

function engineOn<T extends Tensor, Out>({
  placement,
  models,
  workshop,
  queue,
}: Parts<T, Out>): {
  readonly engine: DirectEngine<Out>;
  picture<R>(
    latent: LatentInput,
    options: PictureOptions,
    use: (picture: Picture<T>, run: Run) => R | Promise<R>,
  ): Promise<R>;
} {
  const { compute } = placement;
  let isDisposed = false;

  const call = <R>({ signal, onProgress }: CallOptions, work: (run: Run) => Promise<R>): Promise<R> =>
    queue.run(async () => {
      if (isDisposed)
        throw new AppError('engine/disposed', 'The engine was disposed of. Create another one.');
      signal?.throwIfAborted();
      placement.startCall();
      const run = startRun(signal ?? new AbortController().signal, (progress) => {
        if (progress.kind !== 'paint') onProgress?.(progress);
      });
      try {
        return await work(run);
      } catch (error) {
        if (isAbort(error)) signal?.throwIfAborted();
        throw error;
      } finally {
        run.end();
      }
    }, signal);

  const check = (latent: LatentInput): CheckedLatent => checkInput(latent, familyOf(models));

  const picture = <R>(
    input: LatentInput,
    options: PictureOptions,
    use: (picture: Picture<T>, run: Run) => R | Promise<R>,
  ): Promise<R> => {
    const { scale = 1, method = scale === 1 ? 'decode' : 'lua' } = options;
    return call(options, async (run) => {
      const checked = check(input);
      const first =
        method === 'lua' ? requireRole(models, 'upscaler', method) : requireRole(models, 'decoder', method);
      const latent = await placement.place(checked, first.description.space, run);
      let made: Picture<T> | null = null;
      await renderJob(
        workshop,
        models,
        { latent, scale, method },
        (height, width) => {
          made = run.own(placement.pictures.open(height, width));
          return made.painter;
        },
        run,
      );
      const done = made as Picture<T> | null;
      if (done === null) throw new AppError('engine/run', 'The decoder made no picture.');
      return trusted(run, compute, () => use(done, run));
    });
  };

  const engine: DirectEngine<Out> = {
    backend: compute.backend,
    precision: workshop.precision,
    upscale: (input, options = {}) =>
      call(options, async (run) => {
        const { scale = 2, method = 'lua' } = options;
        const { space, ...checked } = check(input);
        const inside = method === 'lua' ? requireRole(models, 'upscaler', method).description.space : space;
        const latent = await placement.place({ ...checked, space }, inside, run);
        const { tensor, family } = await upscaleOnDevice(workshop, models, { latent, scale, method }, run);
        return { ...placement.give(placement.convert(tensor, family, inside, space, run)), space, family };
      }),
    decode: (input, options = {}) =>
      call(options, async (run) => {
        const decoder = requireRole(models, 'decoder', 'decode');
        const latent = await placement.place(check(input), decoder.description.space, run);
        const tensor = await decodeToTensor(workshop, decoder, latent, run);
        return { ...placement.give(tensor), range: decoder.description.pixelRange };
      }),
    toPixels: (latent, options = {}) => picture(latent, options, (made) => made.toPixels()),
    toBitmap: (latent, options = {}) => picture(latent, options, (made) => made.toBitmap()),
    paint: (canvas, latent, options = {}) => picture(latent, options, (made) => made.paintOn(canvas)),
    encode: ({ data, height, width }, options = {}) =>
      call(options, (run) => {
        const range = requireRole(models, 'encoder', 'encode').description.pixelRange;
        return encodePlanes(workshop, models, fromRgba(data, height, width, range), run);
      }),
    read: (out) => queue.run(() => placement.read(out)),
    exclusive: (work) => queue.run(work),
    dispose: () =>
      queue.run(async () => {
        if (isDisposed) return;
        isDisposed = true;
        await workshop.networks.keepOnly([]);
        await compute.dispose();
      }),
  };
  return { engine, picture };
}

/**
 * An engine in the caller's realm, on the caller's runtime and device: what holds its latents in GPU buffers needs no worker and no
 * copy. The models are loaded when it resolves. Throws model/*, file/*, engine/build; the signal's reason after an abort.
 */
export function createEngine(options: EngineOptions & { readonly device: GPUDevice }): Promise<GpuEngine>;
export function createEngine(options: EngineOptions & { readonly device?: null }): Promise<CpuEngine>;
export async function createEngine(options: EngineOptions): Promise<GpuEngine | CpuEngine> {
  const { ort, device = null, memoryShare = 1, signal } = options;
  const models = await openModels(options, (progress) => options.onProgress?.(progress));
  signal?.throwIfAborted();
  const queue = queueOf(ort);
  if (device === null) {
    const placement = placeOnCpu(ort, memoryShare);
    const workshop = await choosePrecision(placement, models, options);
    return engineOn({ placement, models, workshop, queue }).engine;
  }
  const placement = placeOnGpu(ort, device, memoryShare);
  const workshop = await queue.run(() => choosePrecision(placement, models, options));
  const { engine, picture } = engineOn({ placement, models, workshop, queue });
  return {
    ...engine,
    toTexture: (latent, wanted = {}) =>
      picture(
        latent,
        wanted,
        (made, run) => run.keep(made as ReturnType<typeof placement.pictures.open>).painter.texture,
      ),
  };
}
