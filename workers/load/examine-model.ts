import { isWeightsId } from '../../src/contract/weights-library.ts';
import { AppError } from '../../src/core/errors.ts';
import { type Call, startCall } from '../pipeline/call.ts';
import type { Compute, Tensor } from '../pipeline/compute.ts';
import type { Device } from '../pipeline/device.ts';
import type { Model } from '../pipeline/model.ts';
import { createNetworkCache } from '../pipeline/network-cache.ts';
import type { EarnedTrust } from './earned-trust.ts';
import { runFiniteTest } from './finite-test.ts';
import { runTrustTest } from './trust-test.ts';

/** What is wrong with a network on a device, as a part of a sentence, or null. */
export type Examine = (device: Device<Tensor>, model: Model, call: Call) => Promise<string | null>;

/**
 * In f32 decoders, and whatever a person added, have to give numbers. In f16 every network has to give what it gives in f32: a person's own on the
 * CPU, which cannot share the GPU's faults; one of the release on the same device, since it is known to stand f16 and only the device is
 * in question, and the CPU's runtime would be 14 MB more to fetch. What has passed is remembered for that device.
 */
export function createExaminer(deps: {
  readonly trust: EarnedTrust;
  /** Names device, driver and browser. */
  readonly device: string;
  readonly openCpu: () => Promise<Compute>;
}): Examine {
  async function referenceFor(model: Model, { compute }: Device<Tensor>): Promise<Device<Tensor>> {
    const on = isWeightsId(model.id) ? await deps.openCpu() : compute;
    return { compute: on, networks: createNetworkCache(on, 'f32'), precision: 'f32' };
  }

  return async (device, model, call) => {
    if (device.precision === 'f32') {
      const isAsked = isWeightsId(model.id) || model.description.role === 'decoder';
      return isAsked ? runFiniteTest(device, model, call) : null;
    }
    const claim = { modelKey: model.key, device: deps.device };
    if (await deps.trust.has(claim)) return null;
    let reference: Device<Tensor>;
    try {
      reference = await referenceFor(model, device);
    } catch (error) {
      call.signal.throwIfAborted();
      if (!(error instanceof AppError)) throw error;
      return `${model.file} could not be compared with the CPU (${error.message})`;
    }
    // A run of its own: what the reference made must be freed while its sessions live.
    const trial = startCall(call.signal, call.report);
    try {
      const fault = await runTrustTest(device, reference, model, trial);
      if (fault === null) await deps.trust.add(claim);
      return fault;
    } finally {
      trial.end();
      await reference.networks.keepOnly([]);
    }
  };
}
