import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../src/core/errors.ts';
import { NETWORKS } from '../../src/core/networks/index.ts';
import { calmBehaviour, fakeSurroundings } from '../testing/fake-surroundings.ts';
import { tinyRelease } from '../testing/tiny-models.ts';
import { startCall, timed } from './call.ts';
import type { Compute, Network } from './compute.ts';
import { openModel } from './model.ts';
import { createNetworkCache } from './network-cache.ts';
import { watched } from './watched-compute.ts';

const never = (): Promise<never> => new Promise(() => {});

const decoder = openModel(
  { id: 'd', file: 'decoder.safetensors', role: 'decoder', key: 'd' },
  tinyRelease().files.get('decoder.safetensors') ?? new Uint8Array(),
  NETWORKS,
);

/** A device that does all but what `broken` replaces. */
async function deviceWith(broken: Partial<Compute> & { readonly run?: Network<never>['run'] }) {
  const options = { signal: new AbortController().signal, onBytes: () => {} };
  const whole = await fakeSurroundings(calmBehaviour()).openCompute('wasm', options);
  const { run, ...others } = broken;
  const createNetwork: Compute['createNetwork'] = async (graph) => {
    const network = await whole.createNetwork(graph);
    return run === undefined ? network : { ...network, run };
  };
  const lost: AppError[] = [];
  const compute = watched({ ...whole, createNetwork, ...others }, 60_000);
  return { compute, lost };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function decodeOn(compute: Compute): Promise<unknown> {
  const call = startCall(new AbortController().signal, () => {});
  const networks = createNetworkCache(compute, 'f32');
  const input = compute.upload({ data: new Float32Array(32 * 16), channels: 32, height: 4, width: 4 });
  return timed(call, 'decodeMs', compute, async () => {
    const output = await networks.run(decoder, null, input, call);
    return compute.download(output);
  });
}

describe('a GPU that stops answering', () => {
  it.each([
    ['whose queue never drains', { done: never }],
    ['that never finishes a session', { createNetwork: never }],
    ['that never finishes a run', { run: never }],
    ['that never gives back what it made', { download: never }],
  ])(
    '%s is given up after the time it is given, with a sentence, and not trusted any more',
    async (_name, broken) => {
      const { compute } = await deviceWith(broken);
      const outcome = decodeOn(compute).catch((error: unknown) => error);
      await vi.advanceTimersByTimeAsync(59_000);
      expect(compute.failure()).toBeNull();
      await vi.advanceTimersByTimeAsync(1000);
      expect(await outcome).toMatchObject({
        code: 'gpu/lost',
        message: expect.stringMatching(/not answered for 60 s.*Try again/),
        detail: { isSilent: true },
      });
      expect(compute.failure()).toBe(await outcome);
    },
  );

  it('takes its time anew with each step: many slow ones are no silence', async () => {
    const slow = <R>(what: R): Promise<R> =>
      new Promise((resolve) => setTimeout(() => resolve(what), 50_000));
    const { compute } = await deviceWith({ done: () => slow(undefined) });
    const outcome = decodeOn(compute);
    await vi.advanceTimersByTimeAsync(150_000);
    expect(await outcome).toMatchObject({ channels: 3 });
    expect(compute.failure()).toBeNull();
  });

  it('that told of its own failure first is judged by that', async () => {
    const gone = new AppError('gpu/lost', 'The browser took the GPU away.');
    const { compute } = await deviceWith({ failure: () => gone });
    await expect(decodeOn(compute)).rejects.toBe(gone);
  });

  it('is not asked to free its sessions: that would be one more wait', async () => {
    const { compute } = await deviceWith({ done: never });
    const input = { graph: { output: { dims: [1, 3, 8, 8] } } };
    const network = await compute.createNetwork(input.graph as never);
    const outcome = decodeOn(compute).catch(() => {});
    await vi.advanceTimersByTimeAsync(60_000);
    await outcome;
    await expect(network.dispose()).resolves.toBeUndefined();
  });
});
