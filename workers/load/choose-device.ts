import type { Backend, DeviceReport, LoadPlan, Precision } from '../../src/contract/engine.ts';
import { AppError } from '../../src/core/errors.ts';
import type { Pixels } from '../engine-deps.ts';
import { type Call, startCall } from '../pipeline/call.ts';
import type { Compute, Tensor } from '../pipeline/compute.ts';
import type { Device } from '../pipeline/device.ts';
import type { Model } from '../pipeline/model.ts';
import { createNetworkCache } from '../pipeline/network-cache.ts';
import { runFiniteTest } from './finite-test.ts';
import { runSelfTest, type SelfTest } from './self-test.ts';

export interface DeviceRequest {
  readonly plan: LoadPlan;
  readonly probed: DeviceReport;
  readonly decoder: Model;
  /** Asked for finite values where it is to run in f16; null when there is none. */
  readonly upscaler: Model | null;
  /** Null when the decoder is not the one that the self-test was made with: then its values need only be finite. */
  readonly selfTest: SelfTest | null;
  /** What runs now; taken over where it fits. */
  readonly before: Device<Tensor> | null;
  open(backend: Backend): Promise<Compute>;
  readPixels(picture: ImageBitmap): Pixels;
}

export interface DeviceChoice {
  readonly device: Device<Tensor>;
  /** Why this backend and precision, in a sentence. */
  readonly reason: string;
}

/** Precisions to try, the fastest first. The CPU build computes in f32 whatever the weights are kept in. */
const precisionsFor = ({ plan, probed }: DeviceRequest, backend: Backend): Precision[] =>
  backend === 'wasm' || plan.precision === 'f32' || !probed.hasShaderF16 ? ['f32'] : ['f16', 'f32'];

/** What is wrong with the networks of the plan on a GPU, or null. */
async function faultOn(device: Device<Tensor>, request: DeviceRequest, load: Call): Promise<string | null> {
  // A call of its own: its tensors must be freed while their sessions live, and those end with a failed trial.
  const call = startCall(load.signal, load.report);
  try {
    return await firstFault(device, request, call);
  } finally {
    call.end();
  }
}

async function firstFault(
  device: Device<Tensor>,
  { decoder, upscaler, selfTest, readPixels }: DeviceRequest,
  call: Call,
): Promise<string | null> {
  call.report({ kind: 'warmup', file: decoder.file });
  const fault =
    selfTest === null
      ? await runFiniteTest(device, decoder, call)
      : await runSelfTest(device, decoder, selfTest, readPixels, call);
  if (fault !== null || upscaler === null || device.precision !== 'f16') return fault;
  call.report({ kind: 'warmup', file: upscaler.file });
  return runFiniteTest(device, upscaler, call);
}

/** A device on `compute` in the first precision that passes the self-test; else what went wrong. */
async function trustedOn(
  compute: Compute,
  request: DeviceRequest,
  call: Call,
): Promise<{ device: Device<Tensor> | null; complaint: string }> {
  const { before, selfTest } = request;
  let complaint = '';
  for (const precision of precisionsFor(request, compute.backend)) {
    const isKept = before?.compute === compute && before.precision === precision;
    const device = isKept ? before : { compute, networks: createNetworkCache(compute, precision), precision };
    if (compute.backend === 'wasm' || (isKept && selfTest !== null)) return { device, complaint };
    const fault = await faultOn(device, request, call);
    if (fault === null) return { device, complaint };
    complaint = fault;
    if (!isKept) await device.networks.keepOnly([]);
  }
  return { device: null, complaint };
}

/**
 * The device and precision to work with: WebGPU where it was chosen and proves itself on a stored latent, in f16 if that
 * passes, else f32, else the CPU with the reason. Devices that were opened and not chosen are the caller's to dispose of.
 */
export async function chooseDevice(request: DeviceRequest, call: Call): Promise<DeviceChoice> {
  const { probed } = request;
  async function onCpu(why: string): Promise<DeviceChoice> {
    const { device } = await trustedOn(await request.open('wasm'), request, call);
    if (device === null) throw new AppError('gpu/self-test', why);
    return { device, reason: why };
  }
  if (probed.backend === 'wasm') return onCpu(probed.reason);

  let why: string;
  try {
    const compute = await request.open('webgpu');
    const { device, complaint } = await trustedOn(compute, request, call);
    if (device !== null) {
      const reason =
        complaint === '' ? probed.reason : `${probed.reason} In ${device.precision}, since ${complaint}.`;
      return { device, reason };
    }
    why = `The GPU failed its self-test: ${complaint}. The CPU is used instead.`;
  } catch (error) {
    // A GPU that cannot be readied is no reason to show nothing; a broken network or an abort is.
    if (!(error instanceof AppError) || !/^(gpu|engine)\//.test(error.code)) throw error;
    why = `The GPU could not be used: ${error.message} The CPU is used instead.`;
  }
  return onCpu(why);
}
