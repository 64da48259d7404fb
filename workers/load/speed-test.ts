import type { Tensor } from '../pipeline/compute.ts';
import type { Model } from '../pipeline/model.ts';
import { type Run, trusted } from '../pipeline/run.ts';
import type { Workshop } from '../pipeline/tiled-run.ts';
import type { SelfTest } from './self-test.ts';

/**
 * What a warm run of the self-test may take. It is 0.18 billion multiplications: a GPU needs some milliseconds, one core of a CPU 28,
 * and a GPU emulated by that core 500 (lavapipe) to 2,000 (SwiftShader).
 */
const SLOW_MS = 200;

/** Whether a device that has just run the self-test is so slow that it can only be an imitation of a GPU. */
export async function isImitation<T extends Tensor>(
  { compute, networks }: Workshop<T>,
  decoder: Model,
  { latent }: SelfTest,
  run: Run,
): Promise<boolean> {
  const input = run.own(compute.upload(latent));
  const start = performance.now();
  await trusted(run, compute, async () => run.own(await networks.run(decoder, null, input, run)));
  return performance.now() - start > SLOW_MS;
}
