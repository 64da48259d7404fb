import { beforeAll, describe, expect, it } from 'vitest';
import type { Latent } from '../../src/core/latent/latent.ts';
import { NETWORKS } from '../../src/core/networks/index.ts';
import { createCpuCompute } from '../cpu/cpu-compute.ts';
import type { WasmRuntime } from '../ort/cpu-sessions.ts';
import { createWasmRuntime } from '../ort/wasm-runtime.ts';
import { tinyRelease } from '../testing/tiny-models.ts';
import { type Call, startCall } from './call.ts';
import { decodeToPlanes } from './decode-step.ts';
import type { Device } from './device.ts';
import { encodePlanes } from './encode-step.ts';
import { type Model, openModel } from './model.ts';
import { createNetworkCache } from './network-cache.ts';
import { renderJob, upscaleLatent } from './pipeline.ts';
import { planFor } from './tiled-run.ts';

const releases = { bounded: tinyRelease(), context: tinyRelease(true) };
function modelOf(role: string, kind: keyof typeof releases = 'bounded'): Model {
  const release = releases[kind];
  const entry = release.manifest.models.find((model) => model.role === role);
  const bytes = release.files.get(`${role}.safetensors`);
  if (entry === undefined || bytes === undefined) throw new Error(`no ${role}`);
  return openModel({ ...entry, key: role }, bytes, NETWORKS);
}

let runtime: WasmRuntime;
beforeAll(async () => {
  runtime = await createWasmRuntime({ wasmBinary: null, threads: 1 });
});

/** A device on the CPU build whose tiles have at most `maxTileCells` on a side and whose runs hold at most `budgetBytes`. */
function deviceWith(limits: { maxTileCells?: number; budgetBytes?: number } = {}): Device<never> {
  function noSurface(): never {
    throw new Error('no picture is drawn here');
  }
  const compute = {
    ...createCpuCompute(runtime, { createSurface: noSurface, memoryShare: 1 }),
    ...limits,
  };
  return {
    compute,
    networks: createNetworkCache(compute, 'f32'),
    precision: 'f32',
  } as unknown as Device<never>;
}

const anyCall = (): Call => startCall(new AbortController().signal, () => {});

const latentOf = (height: number, width: number): Latent => ({
  data: Float32Array.from(
    { length: 32 * height * width },
    (_, i) => 2 * Math.sin(i * 1.37) + Math.cos(i * 0.011),
  ),
  channels: 32,
  height,
  width,
  family: 'flux2',
  space: 'model',
});

const largestDifference = (a: Float32Array, b: Float32Array): number =>
  a.reduce(
    (largest, value, i) => Math.max(largest, Math.abs(value - (b[i] ?? Number.NaN))),
    a.length - b.length,
  );

describe('a run in tiles', () => {
  // 1e-5: float32 sums over the same inputs, whose order may depend on the tile's width. Values are of order 1.
  it.each([
    ['bounded', 40, 40, 24],
    ['bounded', 23, 57, 20],
    ['bounded', 64, 17, 33],
    ['context', 40, 52, 24],
    ['context', 19, 64, 33],
  ] as const)(
    '%s: decodes %i x %i cells in tiles of at most %i as in one piece',
    async (kind, height, width, maxTileCells) => {
      const decoder = modelOf('decoder', kind);
      const latent = latentOf(height, width);
      const whole = await decodeToPlanes(deviceWith({ maxTileCells: 1000 }), decoder, latent, anyCall());
      const seen: number[] = [];
      const call = startCall(new AbortController().signal, (step) => {
        if (step.kind === 'decode' && step.tile > 0) seen.push(step.tiles);
      });
      const tiled = await decodeToPlanes(deviceWith({ maxTileCells }), decoder, latent, call);
      expect(seen.length).toBeGreaterThan(1);
      expect(new Set(seen)).toEqual(new Set([seen.length]));
      expect([tiled.height, tiled.width]).toEqual([height * 8, width * 8]);
      expect(largestDifference(tiled.data, whole.data)).toBeLessThanOrEqual(1e-5);
    },
  );

  it('a halo one cell smaller than the radius is visible: the radius is not generous by accident', async () => {
    const decoder = modelOf('decoder');
    const { radius } = decoder.description;
    const near = { ...decoder, description: { ...decoder.description, radius: { ...radius, cells: 2 } } };
    const latent = latentOf(40, 40);
    const whole = await decodeToPlanes(deviceWith({ maxTileCells: 1000 }), decoder, latent, anyCall());
    const tiled = await decodeToPlanes(deviceWith({ maxTileCells: 24 }), near, latent, anyCall());
    expect(largestDifference(tiled.data, whole.data)).toBeGreaterThan(1e-5);
  });

  it('encodes a picture in tiles exactly as in one piece, cropped to whole cells', async () => {
    const encoder = modelOf('encoder');
    const [height, width] = [37 * 8 + 5, 29 * 8 + 3];
    const data = Float32Array.from({ length: 3 * height * width }, (_, i) => 0.5 + 0.5 * Math.sin(i * 0.7));
    const picture = { data, channels: 3, height, width };
    const whole = await encodePlanes(deviceWith({ maxTileCells: 1000 }), { encoder }, picture, anyCall());
    const tiled = await encodePlanes(deviceWith({ maxTileCells: 20 }), { encoder }, picture, anyCall());
    expect([whole.height, whole.width, whole.family, whole.space]).toEqual([37, 29, 'flux2', 'model']);
    expect(largestDifference(tiled.data, whole.data)).toBeLessThanOrEqual(1e-5);
  });

  it('chooses tiles from the memory budget when that is the narrower limit', async () => {
    const seen: number[] = [];
    const call = startCall(new AbortController().signal, (step) => {
      if (step.kind === 'decode' && step.tile > 0) seen.push(step.tile);
    });
    // Alive at once, at worst: what goes into the last shuffle and what comes out, 2 x 3 x 8 x 8 float32 a cell.
    await decodeToPlanes(
      deviceWith({ budgetBytes: (4 / 3) * 1536 * 24 * 24 }),
      modelOf('decoder'),
      latentOf(40, 40),
      call,
    );
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('blends the tiles of an upscaler, which sees everything, without a seam that stands out', async () => {
    const upscaler = modelOf('upscaler');
    const job = { latent: latentOf(48, 48), scale: 2, method: 'lua' } as const;
    const whole = await upscaleLatent(deviceWith(), { upscaler }, job, anyCall());
    const tiled = await upscaleLatent(
      deviceWith({ budgetBytes: 4 * 512 * 32 * 32 }),
      { upscaler },
      job,
      anyCall(),
    );
    expect([tiled.height, tiled.width, tiled.channels]).toEqual([96, 96, 32]);
    const largest = whole.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(largestDifference(tiled.data, whole.data)).toBeLessThan(0.1 * largest);
  });

  it('starts the tiles of window attention where windows start, so that they see the same windows as the whole', () => {
    const upscaler = modelOf('upscaler');
    const { tileStep } = upscaler.description;
    const grid = { height: 45, width: 50 };
    const device = deviceWith({ budgetBytes: 4 * 512 * 32 * 32 });
    const { tiles } = planFor(device, upscaler, grid, { inputFactor: 1, scale: 2 });
    expect(tileStep).toBeGreaterThan(1);
    expect(tiles.length).toBeGreaterThan(1);
    expect(tiles.filter(({ input }) => input.y % tileStep > 0 || input.x % tileStep > 0)).toEqual([]);
  });

  it('stops between tiles when the call is cancelled', async () => {
    const abort = new AbortController();
    const seen: number[] = [];
    const call = startCall(abort.signal, (step) => {
      if (step.kind !== 'decode') return;
      seen.push(step.tile);
      if (step.tile === 2) abort.abort();
    });
    const decoding = decodeToPlanes(
      deviceWith({ maxTileCells: 20 }),
      modelOf('decoder'),
      latentOf(40, 40),
      call,
    );
    await expect(decoding).rejects.toMatchObject({ name: 'AbortError' });
    expect([...new Set(seen)]).toEqual([0, 1, 2]);
  });
});

describe('the network cache', () => {
  it('is cold once per size, and lets the oldest size go when there are many', async () => {
    const device = deviceWith();
    async function decode(side: number): Promise<boolean> {
      const call = anyCall();
      await decodeToPlanes(device, modelOf('decoder'), latentOf(side, side), call);
      return call.isCold;
    }
    expect(await decode(1)).toBe(true);
    expect(await decode(1)).toBe(false);
    for (let side = 2; side <= 11; side += 1) expect(await decode(side)).toBe(true);
    expect(device.networks.size).toBe(10);
    expect(await decode(11)).toBe(false);
    expect(await decode(1)).toBe(true);
  });
});

describe('a picture in tiles', () => {
  it('is painted from the told spot outward, from the middle where none is told', async () => {
    const decoder = modelOf('decoder');
    const latent = latentOf(64, 64);
    async function firstPainted(from?: { x: number; y: number }): Promise<{ x: number; y: number }[]> {
      const places: { x: number; y: number }[] = [];
      const openSurface = () => ({
        async paint(
          _: unknown,
          rect: { height: number; width: number },
          __: unknown,
          at: { x: number; y: number },
        ) {
          places.push({ x: at.x + rect.width / 2, y: at.y + rect.height / 2 });
          return null;
        },
        finish: (): never => {
          throw new Error('no picture is asked for');
        },
        dispose: () => {},
      });
      const job = { latent, scale: 1, method: 'decode', ...(from && { from }) } as const;
      await renderJob(deviceWith({ maxTileCells: 24 }), { decoder }, job, openSurface, anyCall());
      expect(places.length).toBeGreaterThan(8);
      return places;
    }
    const corner = await firstPainted({ x: 1, y: 1 });
    const far = corner.map(({ x, y }) => Math.hypot(512 - x, 512 - y));
    expect(far).toEqual([...far].sort((a, b) => a - b));
    const [middle] = await firstPainted();
    expect(Math.hypot(256 - (middle?.x ?? 0), 256 - (middle?.y ?? 0))).toBeLessThan(100);
  });
});
