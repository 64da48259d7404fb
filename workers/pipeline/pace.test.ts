import { describe, expect, it } from 'vitest';
import { NETWORKS } from '../../src/core/networks/index.ts';
import { calmBehaviour, fakeSurroundings } from '../testing/fake-surroundings.ts';
import { tinyRelease } from '../testing/tiny-models.ts';
import { startCall } from './call.ts';
import { decodeToPlanes } from './decode-step.ts';
import { openModel } from './model.ts';
import { createNetworkCache } from './network-cache.ts';
import { createPace } from './pace.ts';

const decoder = openModel(
  { id: 'd', file: 'decoder.safetensors', role: 'decoder', key: 'd' },
  tinyRelease().files.get('decoder.safetensors') ?? new Uint8Array(),
  NETWORKS,
);

describe('the pace of a device', () => {
  it.each([
    ['not known yet', null, 128],
    ['fast: 0.5 ms for 16 x 16 cells', 0.5, 256],
    ['middling: 20 ms for 16 x 16 cells', 20, 113],
    ['slow: 256 ms for 16 x 16 cells', 256, 31],
    ['so slow that a tile would be all halo', 100_000, 24],
  ])('%s: tiles of at most that many cells a side', (_name, ms, side) => {
    const pace = createPace({ tileMs: 1000, unknownCells: 128, mostCells: 256, leastCells: 24 });
    if (ms !== null) pace.note('net', 16 * 16, ms);
    expect(pace.sideFor('net')).toBe(side);
    expect(pace.sideFor('another')).toBe(128);
  });

  it('is measured on the first tile that compiles nothing, and the next picture is cut by it', async () => {
    const options = { signal: new AbortController().signal, onBytes: () => {} };
    const whole = await fakeSurroundings(calmBehaviour()).openCompute('wasm', options);
    const pace = createPace({ tileMs: 40, unknownCells: 48, mostCells: 256, leastCells: 20 });
    let tileSide = 0;
    const compute = {
      ...whole,
      maxTileCells: 256,
      pace,
      createNetwork: async (graph: Parameters<typeof whole.createNetwork>[0]) => {
        const network = await whole.createNetwork(graph);
        let hasRun = false;
        return {
          ...network,
          async run(input: Parameters<typeof network.run>[0]) {
            tileSide = Math.max(input.height, input.width);
            // The first run compiles for long; then 0.04 ms a cell.
            const ms = hasRun ? 0.04 * input.height * input.width : 400;
            hasRun = true;
            await new Promise((resolve) => setTimeout(resolve, ms));
            return network.run(input);
          },
        };
      },
    };
    const device = { compute, networks: createNetworkCache(compute, 'f32'), precision: 'f32' } as const;
    const latent = {
      data: new Float32Array(32 * 64 * 64),
      channels: 32,
      height: 64,
      width: 64,
      family: 'flux2',
      space: 'model',
    } as const;
    const decode = () =>
      decodeToPlanes(
        device,
        decoder,
        latent,
        startCall(new AbortController().signal, () => {}),
      );
    await decode();
    expect(tileSide).toBeLessThanOrEqual(48);
    expect(tileSide).toBeGreaterThan(36);
    await decode();
    // 40 ms at 0.04 ms a cell are 1000 cells; timers of a busy machine run late, never early.
    expect(tileSide).toBeLessThanOrEqual(32);
  });
});
