import { type Call, trusted } from '../pipeline/call.ts';
import type { Tensor } from '../pipeline/compute.ts';
import type { Device } from '../pipeline/device.ts';
import type { Model } from '../pipeline/model.ts';
import type { SelfTest } from './self-test.ts';

/**
 * What a warm run of the self-test may take. It is 0.18 billion multiplications: a GPU needs some milliseconds, one core of a CPU 28,
 * and a GPU emulated by that core 500 (lavapipe) to 2,000 (SwiftShader).
 */
const SLOW_MS = 200;

/** Whether a device that has just run the self-test is so slow that it can only be an imitation of a GPU. */
export async function isImitation<T extends Tensor>(
  { compute, networks }: Device<T>,
  decoder: Model,
  { latent }: SelfTest,
  call: Call,
): Promise<boolean> {
  const input = call.own(compute.upload(latent));
  const start = performance.now();
  await trusted(call, compute, async () => call.own(await networks.run(decoder, null, input, call)));
  return performance.now() - start > SLOW_MS;
}
