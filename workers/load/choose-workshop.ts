import type { Backend, DeviceReport, LoadPlan, Precision } from '../../src/contract/engine.ts';
import { AppError } from '../../src/core/errors.ts';
import type { Pixels } from '../engine-deps.ts';
import { isNameless } from '../gpu/probe.ts';
import type { Compute, Tensor } from '../pipeline/compute.ts';
import type { Model } from '../pipeline/model.ts';
import { createNetworkCache } from '../pipeline/network-cache.ts';
import { type Run, startRun } from '../pipeline/run.ts';
import type { Workshop } from '../pipeline/tiled-run.ts';
import type { Examine } from './examine-model.ts';
import { runSelfTest, type SelfTest } from './self-test.ts';
import { isImitation } from './speed-test.ts';

export interface WorkshopRequest {
  readonly plan: LoadPlan;
  readonly device: DeviceReport;
  readonly decoder: Model;
  /** The other models of the plan. */
  readonly others: readonly Model[];
  /** Null when the decoder is not the one that the self-test was made with. */
  readonly selfTest: SelfTest | null;
  readonly examine: Examine;
  /** What runs now; taken over where it fits. */
  readonly before: Workshop<Tensor> | null;
  open(backend: Backend): Promise<Compute>;
  readPixels(picture: ImageBitmap): Pixels;
}

export interface WorkshopChoice {
  readonly workshop: Workshop<Tensor>;
  /** Why this backend and precision, in a sentence. */
  readonly reason: string;
}

/** Precisions to try, the fastest first. The CPU build computes in f32 whatever the weights are kept in. */
const precisionsFor = ({ plan, device, decoder, others }: WorkshopRequest, backend: Backend): Precision[] => {
  const isHalfSafe = [decoder, ...others].every(({ description }) => description.halfSafe);
  const mayBeHalf = backend === 'webgpu' && plan.precision !== 'f32' && device.hasShaderF16 && isHalfSafe;
  return mayBeHalf ? ['f16', 'f32'] : ['f32'];
};

/** What is wrong with the networks of the plan on a GPU, or null. */
async function faultOn(
  workshop: Workshop<Tensor>,
  request: WorkshopRequest,
  load: Run,
): Promise<string | null> {
  // A run of its own: its tensors must be freed while their sessions live, and those end with a failed trial.
  const run = startRun(load.signal, load.report);
  try {
    return await firstFault(workshop, request, run);
  } finally {
    run.end();
  }
}

async function firstFault(
  workshop: Workshop<Tensor>,
  { decoder, others, selfTest, readPixels, examine }: WorkshopRequest,
  run: Run,
): Promise<string | null> {
  run.report({ kind: 'warmup', file: decoder.file });
  if (selfTest !== null) {
    const fault = await runSelfTest(workshop, decoder, selfTest, readPixels, run);
    if (fault !== null) return fault;
  }
  for (const model of [decoder, ...others]) {
    run.report({ kind: 'warmup', file: model.file });
    const fault = await examine(workshop, model, run);
    if (fault !== null) return fault;
  }
  return null;
}

/** A workshop on `compute` in the first precision that passes the self-test; else what went wrong. */
async function trustedOn(
  compute: Compute,
  request: WorkshopRequest,
  run: Run,
): Promise<{ workshop: Workshop<Tensor> | null; complaint: string }> {
  const { before } = request;
  let complaint = '';
  for (const precision of precisionsFor(request, compute.backend)) {
    const isKept = before?.compute === compute && before.precision === precision;
    const workshop = isKept
      ? before
      : { compute, networks: createNetworkCache(compute, precision), precision };
    if (compute.backend === 'wasm') return { workshop, complaint };
    // A decoder that has proved itself need not again; models that are new to the plan must.
    const fault = await faultOn(workshop, isKept ? { ...request, selfTest: null } : request, run);
    if (fault === null) return { workshop, complaint };
    complaint = fault;
    if (!isKept) await workshop.networks.keepOnly([]);
  }
  return { workshop: null, complaint };
}

/** Whether a GPU that nobody asked for and that does not tell its name turns out to be an emulated one. */
async function isUnmasked(
  workshop: Workshop<Tensor>,
  { plan, device, decoder, selfTest, before }: WorkshopRequest,
  load: Run,
): Promise<boolean> {
  const { adapter } = device;
  if (plan.backend !== 'auto' || adapter === null || selfTest === null || workshop === before) return false;
  if (!isNameless(adapter)) return false;
  const run = startRun(load.signal, load.report);
  try {
    return await isImitation(workshop, decoder, selfTest, run);
  } finally {
    run.end();
  }
}

/**
 * The device and precision to work with: WebGPU where it was chosen and proves itself on a stored latent, in f16 if that
 * passes, else f32, else the CPU with the reason. Devices that were opened and not chosen are the caller's to dispose of.
 */
export async function chooseWorkshop(request: WorkshopRequest, run: Run): Promise<WorkshopChoice> {
  const { device } = request;
  const onCpu = async (why: string): Promise<WorkshopChoice> => {
    const { workshop } = await trustedOn(await request.open('wasm'), request, run);
    if (workshop === null) throw new AppError('gpu/self-test', why);
    return { workshop, reason: why };
  };
  if (device.backend === 'wasm') return onCpu(device.reason);

  let why: string;
  try {
    const compute = await request.open('webgpu');
    const { workshop, complaint } = await trustedOn(compute, request, run);
    if (workshop !== null && (await isUnmasked(workshop, request, run)))
      return await onCpu(
        'The GPU here does not tell its name and is as slow as one emulated in software; the CPU is faster.',
      );
    if (workshop !== null) {
      const reason =
        complaint === '' ? device.reason : `${device.reason} In ${workshop.precision}, since ${complaint}.`;
      return { workshop, reason };
    }
    why = `The GPU failed its self-test: ${complaint}. The CPU is used instead.`;
  } catch (error) {
    // A GPU that cannot be readied is no reason to show nothing; a broken network or an abort is.
    if (!(error instanceof AppError) || !/^(gpu|engine)\//.test(error.code)) throw error;
    why = `The GPU could not be used: ${error.message} The CPU is used instead.`;
  }
  return onCpu(why);
}
