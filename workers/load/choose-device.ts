import type { Backend, DeviceCause, DeviceReport, LoadPlan, Precision } from '../../src/contract/engine.ts';
import { AppError } from '../../src/core/errors.ts';
import type { Pixels } from '../engine-deps.ts';
import { isNameless } from '../gpu/probe.ts';
import { type Call, startCall } from '../pipeline/call.ts';
import type { Compute, Tensor } from '../pipeline/compute.ts';
import type { Device } from '../pipeline/device.ts';
import type { Model } from '../pipeline/model.ts';
import { createNetworkCache } from '../pipeline/network-cache.ts';
import type { Examine } from './examine-model.ts';
import type { SelfTest } from './self-test.ts';
import { isImitation } from './speed-test.ts';

export interface DeviceRequest {
  readonly plan: LoadPlan;
  readonly probed: DeviceReport;
  readonly decoder: Model;
  /** The other models of the plan. */
  readonly others: readonly Model[];
  /** Null when the decoder is not the one that the self-test was made with. */
  readonly selfTest: SelfTest | null;
  readonly examine: Examine;
  /** What runs now; taken over where it fits. */
  readonly before: Device<Tensor> | null;
  open(backend: Backend): Promise<Compute>;
  readPixels(picture: ImageBitmap): Pixels;
}

export interface DeviceChoice {
  readonly device: Device<Tensor>;
  readonly cause: DeviceCause;
  /** Why this backend and precision, in a sentence. */
  readonly reason: string;
}

/** Precisions to try, the fastest first. The CPU build computes in f32 whatever the weights are kept in. */
function precisionsFor({ plan, probed, decoder, others }: DeviceRequest, backend: Backend): Precision[] {
  const isHalfSafe = [decoder, ...others].every(({ description }) => description.halfSafe);
  const mayBeHalf = backend === 'webgpu' && plan.precision !== 'f32' && probed.hasShaderF16 && isHalfSafe;
  return mayBeHalf ? ['f16', 'f32'] : ['f32'];
}

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
  { decoder, others, selfTest, readPixels, examine }: DeviceRequest,
  call: Call,
): Promise<string | null> {
  call.report({ kind: 'warmup', file: decoder.file });
  if (selfTest !== null) {
    const { runSelfTest } = await import('./self-test.ts');
    const fault = await runSelfTest(device, decoder, selfTest, readPixels, call);
    if (fault !== null) return fault;
  }
  // In f32 the stored answer says all that there is to say of the decoder.
  const open = selfTest !== null && device.precision === 'f32' ? others : [decoder, ...others];
  for (const model of open) {
    call.report({ kind: 'warmup', file: model.file });
    const fault = await examine(device, model, call);
    if (fault !== null) return fault;
  }
  return null;
}

/** A device on `compute` in the first precision that passes the self-test; else what went wrong. */
async function trustedOn(
  compute: Compute,
  request: DeviceRequest,
  call: Call,
): Promise<{ device: Device<Tensor> | null; complaint: string }> {
  const { before } = request;
  let complaint = '';
  for (const precision of precisionsFor(request, compute.backend)) {
    const isKept = before?.compute === compute && before.precision === precision;
    const device = isKept ? before : { compute, networks: createNetworkCache(compute, precision), precision };
    if (compute.backend === 'wasm') return { device, complaint };
    // A decoder that has proved itself need not again; models that are new to the plan must.
    const fault = await faultOn(device, isKept ? { ...request, selfTest: null } : request, call);
    if (fault === null) return { device, complaint };
    complaint = fault;
    if (!isKept) await device.networks.keepOnly([]);
  }
  return { device: null, complaint };
}

/** Whether a GPU that nobody asked for and that does not tell its name turns out to be an emulated one. */
async function isUnmasked(
  device: Device<Tensor>,
  { plan, probed: { adapter }, decoder, selfTest, before }: DeviceRequest,
  load: Call,
): Promise<boolean> {
  if (plan.backend !== 'auto' || adapter === null || selfTest === null || device === before) return false;
  if (!isNameless(adapter)) return false;
  const call = startCall(load.signal, load.report);
  try {
    return await isImitation(device, decoder, selfTest, call);
  } finally {
    call.end();
  }
}

/**
 * The device and precision to work with: WebGPU where it was chosen and proves itself on a stored latent, in f16 if that
 * passes, else f32, else the CPU with the reason. Devices that were opened and not chosen are the caller's to dispose of.
 */
export async function chooseDevice(request: DeviceRequest, call: Call): Promise<DeviceChoice> {
  const { probed } = request;
  async function onCpu(cause: DeviceCause, reason: string): Promise<DeviceChoice> {
    const { device } = await trustedOn(await request.open('wasm'), request, call);
    if (device === null) throw new AppError('gpu/self-test', reason);
    return { device, cause, reason };
  }
  if (probed.backend === 'wasm') return onCpu(probed.cause, probed.reason);

  let why: Parameters<typeof onCpu>;
  try {
    const compute = await request.open('webgpu');
    const { device, complaint } = await trustedOn(compute, request, call);
    if (device !== null && (await isUnmasked(device, request, call))) {
      return await onCpu(
        'gpu-nameless',
        'The GPU here does not tell its name and is as slow as one emulated in software; the CPU is faster.',
      );
    }
    if (device !== null) {
      const { cause, reason } = probed;
      if (complaint === '') return { device, cause, reason };
      const less = `${reason} In ${device.precision}, since ${complaint}.`;
      return { device, cause: 'gpu-imprecise', reason: less };
    }
    why = ['gpu-failed-test', `The GPU failed its self-test: ${complaint}. The CPU is used instead.`];
  } catch (error) {
    // A GPU that cannot be readied is no reason to show nothing; a broken network or an abort is.
    if (!(error instanceof AppError) || !/^(gpu|engine)\//.test(error.code)) throw error;
    why = ['gpu-unusable', `The GPU could not be used: ${error.message} The CPU is used instead.`];
  }
  return onCpu(...why);
}
