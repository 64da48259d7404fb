import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Latent } from '../../src/core/latent/latent.ts';
import { readGolden } from '../../src/core/networks/golden.ts';
import { NETWORKS } from '../../src/core/networks/index.ts';
import { noise } from '../../src/core/weights/synthetic.ts';
import { createCpuCompute } from '../cpu/cpu-compute.ts';
import type { WasmRuntime } from '../ort/cpu-sessions.ts';
import { createWasmRuntime } from '../ort/wasm-runtime.ts';
import { startCall } from './call.ts';
import type { Device } from './device.ts';
import { type Model, modelOf } from './model.ts';
import { createNetworkCache } from './network-cache.ts';
import { upscaleLatent } from './pipeline.ts';
import { planStages } from './staged-run.ts';
import { tileSideFor } from './tile-size.ts';

function upscalerOf(golden: string): Model {
  const url = new URL(`../../src/core/networks/fixtures/${golden}.safetensors`, import.meta.url);
  const { state } = readGolden(new Uint8Array(readFileSync(url)));
  return modelOf({ id: golden, file: golden, role: 'upscaler', key: golden }, state, NETWORKS);
}

let runtime: WasmRuntime;
beforeAll(async () => {
  runtime = await createWasmRuntime({ wasmBinary: null, threads: 1 });
});

function deviceWith(limits: { maxTileCells?: number; budgetBytes?: number; tensorLimitBytes?: number } = {}) {
  function createSurface(): never {
    throw new Error('no picture is drawn here');
  }
  const compute = { ...createCpuCompute(runtime, { createSurface, memoryShare: 1 }), ...limits };
  return {
    compute,
    networks: createNetworkCache(compute, 'f32'),
    precision: 'f32',
  } as unknown as Device<never>;
}

/** Brighter to one side, so that a tile's own mean is not the whole's. */
function latentOf(height: number, width: number): Latent {
  const data = noise('a latent', 4 * height * width, 1, 0).map((value, i) => value + (i % width) / width);
  return { data, channels: 4, height, width, family: 'sdxl', space: 'model' };
}

async function enlarged(device: Device<never>, upscaler: Model, latent: Latent) {
  const seen: string[] = [];
  const call = startCall(new AbortController().signal, (step) => {
    if (step.kind === 'upscale') seen.push(`${step.tile} of ${step.tiles}`);
  });
  const { data } = await upscaleLatent(device, { upscaler }, { latent, scale: 2, method: 'lua' }, call);
  expect(call.end()).toEqual([]);
  return { data, seen };
}

const largestDifference = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? Number.NaN))), a.length - b.length);

describe('an upscaler whose norms see everything', () => {
  // 1e-4: eighteen layers in another order of float32 sums, of values of order 1 to 10.
  it.each([
    ['sesqui-small', 22, 17, 0.6, 12],
    ['sesqui-4', 10, 36, 4.5, 24],
  ] as const)(
    '%s: is run in tiles as in one piece',
    async (golden, height, width, budgetMb, maxTileCells) => {
      const upscaler = upscalerOf(golden);
      const latent = latentOf(height, width);
      const whole = await enlarged(deviceWith(), upscaler, latent);
      expect(whole.seen.at(-1)).toBe('1 of 1');
      const tiled = await enlarged(
        deviceWith({ budgetBytes: budgetMb * 1e6, maxTileCells }),
        upscaler,
        latent,
      );
      const stages = upscaler.description.stages ?? [];
      const tiles = Number(tiled.seen.at(-1)?.split(' of ')[1]);
      expect(tiles).toBeGreaterThan(2 * stages.length);
      expect(new Set(tiled.seen)).toEqual(
        new Set(Array.from({ length: tiles + 1 }, (_, i) => `${i} of ${tiles}`)),
      );
      expect(largestDifference(tiled.data, whole.data)).toBeLessThan(1e-4);
    },
  );

  it('needs its halo: one cell less is visible', async () => {
    const upscaler = upscalerOf('sesqui-small');
    const latent = latentOf(22, 17);
    const { stages = [] } = upscaler.description;
    const near = stages.map((stage) => ({ ...stage, reach: stage.reach - 1 }));
    const small = { budgetBytes: 0.6e6, maxTileCells: 12 };
    const cut = { ...upscaler, description: { ...upscaler.description, stages: near } };
    const tiled = await enlarged(deviceWith(small), upscaler, latent);
    const nearer = await enlarged(deviceWith(small), cut, latent);
    expect(largestDifference(nearer.data, tiled.data)).toBeGreaterThan(1e-3);
  });

  it('is blended where what its stages hand on does not fit', () => {
    const upscaler = upscalerOf('sesqui-4');
    const device = deviceWith({ tensorLimitBytes: 4 * 128 * 2 * 2 * 20 * 20 });
    expect(planStages(device, upscaler, { height: 20, width: 20 })).not.toBeNull();
    expect(planStages(device, upscaler, { height: 20, width: 21 })).toBeNull();
  });

  it('takes 2888 pixels of SDXL a side on the CPU, where one piece ends at 1672', () => {
    const upscaler = upscalerOf('sesqui-4');
    const device = deviceWith();
    const square = (side: number) => planStages(device, upscaler, { height: side, width: side });
    expect(square(361)).not.toBeNull();
    expect(square(362)).toBeNull();
    const whole = { inputFactor: 1, scale: 2, upTo: 361 } as const;
    expect(tileSideFor(device.compute, upscaler, 'f32', whole)).toBe(209);
  });
});
