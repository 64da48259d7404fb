import type { Precision } from '../../src/contract/engine.ts';
import { AppError, isAbort } from '../../src/core/errors.ts';
import type { FamilyId } from '../../src/core/latent/latent.ts';
import { fromRgba } from '../../src/core/pixels.ts';
import { createSerialQueue, type SerialQueue } from '../../src/core/serial-queue.ts';
import { runFiniteTest } from '../load/finite-test.ts';
import type { Ort } from '../ort/ort-module.ts';
import { type Call, startCall, trusted } from '../pipeline/call.ts';
import type { Tensor } from '../pipeline/compute.ts';
import { decodeToTensor } from '../pipeline/decode-step.ts';
import type { Device } from '../pipeline/device.ts';
import { encodePlanes } from '../pipeline/encode-step.ts';
import { requireRole } from '../pipeline/job-rules.ts';
import type { PipelineModels } from '../pipeline/model.ts';
import { createNetworkCache } from '../pipeline/network-cache.ts';
import { renderJob, upscaleOnDevice } from '../pipeline/pipeline.ts';
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

function familyOf(models: PipelineModels): FamilyId {
  const { decoder, upscaler, encoder } = models;
  return (decoder ?? upscaler ?? encoder)?.description.families[0] ?? 'flux2';
}

/** f16 where the device has it, it was not forbidden, and the networks give sound values in it. */
async function choosePrecision<T extends Tensor>(
  { compute }: Placement<T, unknown>,
  models: PipelineModels,
  options: EngineOptions,
): Promise<Device<T>> {
  const wants = options.device?.features.has('shader-f16') === true && options.precision !== 'f32';
  const deviceOf = (precision: Precision): Device<T> => ({
    compute,
    networks: createNetworkCache(compute, precision),
    precision,
  });
  if (!wants) return deviceOf('f32');
  const half = deviceOf('f16');
  for (const model of [models.decoder, models.upscaler]) {
    if (model === undefined) continue;
    const call = startCall(options.signal ?? new AbortController().signal, () => {});
    const fault = await runFiniteTest(half, model, call).finally(() => call.end());
    if (fault === null) continue;
    await half.networks.keepOnly([]);
    return deviceOf('f32');
  }
  return half;
}

interface Parts<T extends Tensor, Out> {
  readonly placement: Placement<T, Out>;
  readonly models: PipelineModels;
  readonly readied: Device<T>;
  readonly queue: SerialQueue;
}

/** What all calls of an engine share: their turn, their shape check, and the way to a picture. */
interface Calls<T extends Tensor> {
  queued<R>(options: CallOptions, work: (call: Call) => Promise<R>): Promise<R>;
  check(latent: LatentInput): CheckedLatent;
  picture<R>(
    latent: LatentInput,
    options: PictureOptions,
    use: (picture: Picture<T>, call: Call) => R | Promise<R>,
  ): Promise<R>;
  dispose(): Promise<void>;
}

function createCalls<T extends Tensor, Out>({ placement, models, readied, queue }: Parts<T, Out>): Calls<T> {
  const { compute } = placement;
  let isDisposed = false;

  const queued = <R>({ signal, onProgress }: CallOptions, work: (call: Call) => Promise<R>): Promise<R> =>
    queue.run(async () => {
      if (isDisposed) {
        throw new AppError('engine/disposed', 'The engine was disposed of. Create another one.');
      }
      signal?.throwIfAborted();
      placement.startCall();
      const call = startCall(signal ?? new AbortController().signal, (progress) => {
        if (progress.kind !== 'paint') onProgress?.(progress);
      });
      try {
        return await work(call);
      } catch (error) {
        if (isAbort(error)) signal?.throwIfAborted();
        throw error;
      } finally {
        call.end();
      }
    }, signal);

  const check = (latent: LatentInput): CheckedLatent => checkInput(latent, familyOf(models));

  function picture<R>(
    input: LatentInput,
    options: PictureOptions,
    use: (picture: Picture<T>, call: Call) => R | Promise<R>,
  ): Promise<R> {
    const { scale = 1, method = scale === 1 ? 'decode' : 'lua' } = options;
    return queued(options, async (call) => {
      const checked = check(input);
      const first =
        method === 'lua' ? requireRole(models, 'upscaler', method) : requireRole(models, 'decoder', method);
      const latent = await placement.place(checked, first.description.space, call);
      let made: Picture<T> | null = null;
      await renderJob(
        readied,
        models,
        { latent, scale, method },
        (height, width) => {
          made = call.own(placement.pictures.open(height, width));
          return made.painter;
        },
        call,
      );
      const done = made as Picture<T> | null;
      if (done === null) throw new AppError('engine/run', 'The decoder made no picture.');
      return trusted(call, compute, () => use(done, call));
    });
  }

  return {
    queued,
    check,
    picture,
    dispose: () =>
      queue.run(async () => {
        if (isDisposed) return;
        isDisposed = true;
        await readied.networks.keepOnly([]);
        await compute.dispose();
      }),
  };
}

function engineOn<T extends Tensor, Out>(
  { placement, models, readied, queue }: Parts<T, Out>,
  { queued, check, picture, dispose }: Calls<T>,
): DirectEngine<Out> {
  return {
    backend: placement.compute.backend,
    precision: readied.precision,
    upscale: (input, options = {}) =>
      queued(options, async (call) => {
        const { scale = 2, method = 'lua' } = options;
        const { space, ...checked } = check(input);
        const inside = method === 'lua' ? requireRole(models, 'upscaler', method).description.space : space;
        const latent = await placement.place({ ...checked, space }, inside, call);
        const { tensor, family } = await upscaleOnDevice(readied, models, { latent, scale, method }, call);
        return { ...placement.give(placement.convert(tensor, family, inside, space, call)), space, family };
      }),
    decode: (input, options = {}) =>
      queued(options, async (call) => {
        const decoder = requireRole(models, 'decoder', 'decode');
        const latent = await placement.place(check(input), decoder.description.space, call);
        const tensor = await decodeToTensor(readied, decoder, latent, call);
        return { ...placement.give(tensor), range: decoder.description.pixelRange };
      }),
    toPixels: (latent, options = {}) => picture(latent, options, (made) => made.toPixels()),
    toBitmap: (latent, options = {}) => picture(latent, options, (made) => made.toBitmap()),
    paint: (canvas, latent, options = {}) => picture(latent, options, (made) => made.paintOn(canvas)),
    encode: ({ data, height, width }, options = {}) =>
      queued(options, (call) => {
        const range = requireRole(models, 'encoder', 'encode').description.pixelRange;
        return encodePlanes(readied, models, fromRgba(data, height, width, range), call);
      }),
    read: (out) => queue.run(() => placement.read(out)),
    exclusive: (work) => queue.run(work),
    dispose,
  };
}

/**
 * An engine in the caller's realm, on the caller's runtime and device: what holds its latents in GPU buffers needs no worker and no
 * copy. The models are loaded when it resolves. Throws model/*, file/*, engine/build; the signal's reason after an abort.
 *
 * @example
 * ```ts
 * import * as ort from 'onnxruntime-web/webgpu';
 * import { createEngine } from 'latentlift/engine';
 *
 * export async function show(device: GPUDevice, buffer: GPUBuffer, canvas: HTMLCanvasElement): Promise<void> {
 *   const engine = await createEngine({ ort, device, models: '/models/' });
 *   const upscaled = await engine.upscale({ buffer, dims: [1, 32, 64, 64], space: 'model' }, { scale: 2 });
 *   await engine.paint(canvas, upscaled);
 *   upscaled.buffer.destroy();
 *   await engine.dispose();
 * }
 * ```
 */
export function createEngine(options: EngineOptions & { readonly device: GPUDevice }): Promise<GpuEngine>;
/**
 * The same on the CPU: without a device.
 *
 * @example
 * ```ts
 * import * as ort from 'onnxruntime-web/wasm';
 * import { createEngine, type LatentInput } from 'latentlift/engine';
 *
 * export async function pixels(latent: LatentInput, signal: AbortSignal): Promise<Uint8ClampedArray> {
 *   const engine = await createEngine({ ort, models: { decoder: '/models/flux2-decoder.safetensors' }, signal });
 *   const { data } = await engine.toPixels(latent, { signal });
 *   await engine.dispose();
 *   return data;
 * }
 * ```
 */
export function createEngine(options: EngineOptions & { readonly device?: null }): Promise<CpuEngine>;
export async function createEngine(options: EngineOptions): Promise<GpuEngine | CpuEngine> {
  const { ort, device = null, memoryShare = 1, signal } = options;
  const models = await openModels(options, (progress) => options.onProgress?.(progress));
  signal?.throwIfAborted();
  const queue = queueOf(ort);
  if (device === null) {
    const placement = placeOnCpu(ort, memoryShare);
    const readied = await choosePrecision(placement, models, options);
    const parts = { placement, models, readied, queue };
    return engineOn(parts, createCalls(parts));
  }
  const placement = placeOnGpu(ort, device, memoryShare);
  const readied = await queue.run(() => choosePrecision(placement, models, options));
  const parts = { placement, models, readied, queue };
  const calls = createCalls(parts);
  return {
    ...engineOn(parts, calls),
    toTexture: (latent, wanted = {}) =>
      calls.picture(
        latent,
        wanted,
        (made, call) => call.keep(made as ReturnType<typeof placement.pictures.open>).painter.texture,
      ),
  };
}
