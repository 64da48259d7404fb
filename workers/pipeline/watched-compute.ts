import { AppError } from '../../src/core/errors.ts';
import { within } from '../../src/core/within.ts';
import type { Compute, Network, Tensor } from './compute.ts';

/**
 * `compute` with a limit to every wait: a step (making a session, a run, reading back, draining the queue) that has not come back after
 * `patienceMs` rejects with gpu/lost, `detail.isSilent` set, and the device is failed from then on. For devices only: a run on the CPU
 * blocks this thread and its timers with it.
 */
export function watched<T extends Tensor>(compute: Compute<T>, patienceMs: number): Compute<T> {
  let silence: AppError | null = null;
  const failure = (): AppError | null => compute.failure() ?? silence;

  const step = <R>(work: Promise<R>): Promise<R> =>
    within(work, patienceMs, () => {
      silence ??= new AppError(
        'gpu/lost',
        `The GPU has not answered for ${patienceMs / 1000} s. Try again; if that does not help, restart the browser or use the CPU.`,
        { detail: { isSilent: true } },
      );
      throw silence;
    });

  const watchedNetwork = (network: Network<T>): Network<T> => ({
    run: (input) => step(network.run(input)),
    // A session of a device that hangs may hang too; it goes with the worker.
    dispose: async () => {
      if (silence === null) await network.dispose();
    },
  });

  return {
    ...compute,
    failure,
    explain: async (error) => failure() ?? compute.explain(error),
    download: (tensor) => step(compute.download(tensor)),
    moments: (tensor) => step(compute.moments(tensor)),
    done: () => step(compute.done()),
    createNetwork: async (graph) => watchedNetwork(await step(compute.createNetwork(graph))),
  };
}
