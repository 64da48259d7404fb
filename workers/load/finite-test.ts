import { type Call, timed, trusted } from '../pipeline/call.ts';
import type { Tensor } from '../pipeline/compute.ts';
import type { Device } from '../pipeline/device.ts';
import type { Model } from '../pipeline/model.ts';
import { testInput } from './test-input.ts';

/** Cells of the test latent's sides. */
const SIDE = 8;
/**
 * Whether a network without a stored answer gives numbers at all on this device: some overflow in f16 (the SDXL autoencoder
 * is known for it). Null when it does, else what came out, as a part of a sentence.
 */
export async function runFiniteTest<T extends Tensor>(
  { compute, networks, precision }: Device<T>,
  model: Model,
  call: Call,
): Promise<string | null> {
  const { scales } = model.description;
  const input = call.own(compute.upload(testInput(model, { height: SIDE, width: SIDE })));
  const output = call.own(
    await timed(call, 'decodeMs', compute, () => networks.run(model, scales[0] ?? null, input, call)),
  );
  const { data: values } = await trusted(call, compute, () => compute.download(output));
  if (!values.every(Number.isFinite)) return `${model.file} gives values that are no numbers in ${precision}`;
  // A device that computes nothing gives zeros, and those are finite.
  if (values.every((value) => value === values[0])) {
    return `${model.file} gives an empty result in ${precision}`;
  }
  return null;
}
