import { AppError } from '../src/core/errors.ts';
import type { FamilyId, Latent } from '../src/core/latent/latent.ts';
import type { Planes } from '../src/core/pixels.ts';
import { type CpuTensor, createCpuCompute } from './cpu/cpu-compute.ts';
import { createWasmRuntime } from './ort/wasm-runtime.ts';
import { startCall } from './pipeline/call.ts';
import { convertLatent } from './pipeline/convert-step.ts';
import { decodeToPlanes } from './pipeline/decode-step.ts';
import type { Device } from './pipeline/device.ts';
import { encodePlanes } from './pipeline/encode-step.ts';
import type { Model } from './pipeline/model.ts';
import { createNetworkCache } from './pipeline/network-cache.ts';
import { upscaleLatent } from './pipeline/pipeline.ts';

/**
 * The page's pipeline without page or worker, for Node: the same graphs, tiles and CPU runtime, on floats instead of
 * bitmaps. Calls must not overlap.
 */
export interface InProcessEngine {
  /** RGB planes in the decoder's own range, not clamped. */
  decode(decoder: Model, latent: Latent): Promise<Planes>;
  /** In the space that was given. */
  upscale(upscaler: Model, latent: Latent, scale: number, method: 'lua' | 'latent-bicubic'): Promise<Latent>;
  /** A latent as one of the family `to`, raw. */
  convert(interposer: Model, latent: Latent, to: FamilyId): Promise<Latent>;
  /** Model space; the picture is RGB in the encoder's range. */
  encode(encoder: Model, picture: Planes): Promise<Latent>;
}

/** One thread: the runtime's web build cannot start more of them in Node. */
export async function createInProcessEngine(): Promise<InProcessEngine> {
  const runtime = await createWasmRuntime({ wasmBinary: null, threads: 1 });
  function createSurface(): never {
    throw new AppError('engine/run', 'There is no canvas outside a browser.');
  }
  const compute = createCpuCompute(runtime, { createSurface, memoryShare: 1 });
  const device: Device<CpuTensor> = {
    compute,
    networks: createNetworkCache(compute, 'f32'),
    precision: 'f32',
  };
  const anyCall = () => startCall(new AbortController().signal, () => {});
  return {
    decode: (decoder, latent) => decodeToPlanes(device, decoder, latent, anyCall()),
    upscale: (upscaler, latent, scale, method) =>
      upscaleLatent(device, { upscaler }, { latent, scale, method }, anyCall()),
    convert: (interposer, latent, to) => convertLatent(device, { interposer }, latent, to, anyCall()),
    encode: (encoder, picture) => encodePlanes(device, { encoder }, picture, anyCall()),
  };
}
