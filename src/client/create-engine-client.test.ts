import { beforeEach, describe, expect, it } from 'vitest';
import { type Behaviour, calmBehaviour } from '../../workers/testing/fake-surroundings.ts';
import { job, PLAN } from '../../workers/testing/fake-worker.ts';
import { gate } from '../../workers/testing/gate.ts';
import type { Progress } from '../contract/call.ts';
import { AppError } from '../core/errors.ts';
import type { EngineClient } from './engine-client.ts';
import { createTestClient } from './testing/test-client.ts';

let behaviour: Behaviour;
let client: EngineClient;

beforeEach(() => {
  behaviour = calmBehaviour();
  ({ client } = createTestClient(behaviour));
  return () => client.dispose();
});

describe('a call', () => {
  it('gives a picture of the scaled size with its timings', async () => {
    await client.load(PLAN);
    for (const [scale, method] of [
      [1, 'decode'],
      [2, 'lua'],
      [4, 'lua'],
      [2, 'latent-bicubic'],
      [4, 'pixel-bicubic'],
      [2, 'pixel-lanczos'],
    ] as const) {
      const image = await client.decode(job(4, scale, method));
      expect([image.width, image.height]).toEqual([32 * scale, 32 * scale]);
      const { timings } = image;
      expect(timings.backend).toBe('wasm');
      expect(timings.totalMs).toBeGreaterThanOrEqual(
        timings.decodeMs + timings.upscaleMs + timings.presentMs - 0.01,
      );
      if (method === 'decode') expect(timings.upscaleMs).toBe(0);
    }
  });

  it('is cold the first time and warm the second', async () => {
    await client.load(PLAN);
    expect((await client.decode(job(4))).timings.run).toBe('cold');
    const { timings } = await client.decode(job(4));
    expect(timings).toMatchObject({ run: 'warm', compileMs: 0 });
  });

  it('gives an upscaled latent in the family and space of the one given', async () => {
    await client.load(PLAN);
    const latent = await client.upscale(job(3, 4, 'lua'));
    expect(latent).toMatchObject({ channels: 32, height: 12, width: 12, family: 'flux2', space: 'model' });
    expect(latent.data).toHaveLength(32 * 144);
  });

  it('reports what was loaded and from where; the second time from memory', async () => {
    const first = await client.load(PLAN);
    expect(first).toMatchObject({ backend: 'wasm', precision: 'f32', reason: 'There is no GPU in a test.' });
    expect(first.models.map(({ id, from }) => `${id} ${from}`)).toEqual([
      'tiny-decoder network',
      'tiny-upscaler network',
      'tiny-encoder network',
    ]);
    const second = await client.load(PLAN);
    expect(second.models.every(({ from }) => from === 'memory')).toBe(true);
  });
});

describe('errors', () => {
  it('keep their class, code and detail over the boundary', async () => {
    await client.load(PLAN);
    const wrong = { ...job(4), latent: { ...job(4).latent, channels: 16, data: new Float32Array(256) } };
    const error = await client.decode(wrong).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'model/mismatch', detail: { channels: 16 } });
  });

  it.each([
    ['a decode before any load', () => client.decode(job(4)), 'engine/not-loaded'],
    ['a plan without a decoder', () => client.load({ ...PLAN, models: {} }), 'model/missing'],
    [
      'an unknown model',
      () => client.load({ ...PLAN, models: { ...PLAN.models, decoder: 'nobody' } }),
      'model/missing',
    ],
    [
      'a method that a scale does not have',
      () => client.load(PLAN).then(() => client.decode(job(4, 1, 'lua'))),
      'engine/run',
    ],
    [
      'a method whose model is not loaded',
      () =>
        client
          .load({ ...PLAN, models: { decoder: 'tiny-decoder' } })
          .then(() => client.decode(job(4, 2, 'lua'))),
      'engine/not-loaded',
    ],
    [
      'a latent wanted of a pixel method',
      () => client.load(PLAN).then(() => client.upscale(job(4, 2, 'pixel-bicubic'))),
      'engine/run',
    ],
  ])('%s is refused with a code', async (_name, call, code) => {
    await expect(call()).rejects.toMatchObject({ name: 'AppError', code });
  });

  it('a failed plan leaves the one before it in place', async () => {
    await client.load(PLAN);
    await expect(
      client.load({ ...PLAN, models: { ...PLAN.models, upscaler: 'nobody' } }),
    ).rejects.toMatchObject({
      code: 'model/missing',
    });
    expect((await client.decode(job(4, 2, 'lua'))).width).toBe(64);
  });

  it('a failed run does not stop the calls behind it', async () => {
    await client.load(PLAN);
    behaviour.beforeRun = async (runs) => {
      if (runs === 1) throw new AppError('engine/run', 'no');
    };
    const [failed, fine] = await Promise.allSettled([client.decode(job(4)), client.decode(job(4))]);
    expect(failed).toMatchObject({ status: 'rejected', reason: { code: 'engine/run' } });
    expect(fine.status).toBe('fulfilled');
  });
});

describe('progress', () => {
  it('of fetching never falls, keeps its total and ends at it, for each file', async () => {
    const seen = new Map<string, [number, number][]>();
    await client.load(PLAN, {
      onProgress: (step) => {
        if (step.kind !== 'fetch') return;
        seen.set(step.file, [...(seen.get(step.file) ?? []), [step.loadedBytes, step.totalBytes]]);
      },
    });
    expect([...seen.keys()].sort()).toEqual([
      'decoder.safetensors',
      'encoder.safetensors',
      'upscaler.safetensors',
    ]);
    for (const steps of seen.values()) {
      const loaded = steps.map(([bytes]) => bytes);
      expect(loaded).toEqual([...loaded].sort((a, b) => a - b));
      expect(new Set(steps.map(([, total]) => total)).size).toBe(1);
      expect(loaded.at(-1)).toBe(steps[0]?.[1]);
    }
  });

  it('of a decode counts tiles from 0, when it begins, to the number that the result tells, each with its picture', async () => {
    behaviour.maxTileCells = 24;
    await client.load(PLAN);
    const steps: Progress[] = [];
    const image = await client.decode(job(60), { onProgress: (step) => steps.push(step) });
    const counted = steps.flatMap((step) => (step.kind === 'decode' ? [step.tile] : []));
    expect(counted).toEqual(counted.toSorted((a, b) => a - b));
    expect([...new Set(counted)]).toEqual(Array.from({ length: image.tiles + 1 }, (_, k) => k));
    const painted = steps.flatMap((step) => (step.kind === 'paint' ? [step.width * step.height] : []));
    expect(painted).toHaveLength(image.tiles);
    expect(painted.reduce((a, b) => a + b)).toBe(480 * 480);
    expect(steps[0]).toEqual({ kind: 'queued' });
  });

  it('is silent once the call has settled', async () => {
    await client.load(PLAN);
    let isSettled = false;
    let late = 0;
    await client.decode(job(4), {
      onProgress: () => {
        if (isSettled) late += 1;
      },
    });
    isSettled = true;
    await client.decode(job(4));
    expect(late).toBe(0);
  });
});

describe('dispose', () => {
  it('rejects what is pending and everything after', async () => {
    await client.load(PLAN);
    const never = gate();
    behaviour.beforeRun = () => never.opened;
    const pending = client.decode(job(4));
    await new Promise((resolve) => setTimeout(resolve, 5));
    await client.dispose();
    await expect(pending).rejects.toMatchObject({ code: 'engine/disposed' });
    await expect(client.decode(job(4))).rejects.toMatchObject({ code: 'engine/disposed' });
  });
});
