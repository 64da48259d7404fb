import { describe, expect, test } from 'vitest';
import type { Progress } from '../../src/contract/call.ts';
import type { LoadPlan } from '../../src/contract/engine.ts';
import type { WeightsSource } from '../../src/contract/weights-library.ts';
import type { Latent } from '../../src/core/latent/latent.ts';
import { createEngine } from '../engine.ts';
import { calmBehaviour, fakeSurroundings } from '../testing/fake-surroundings.ts';
import { taesdDecoderBytes } from '../testing/tiny-taesd.ts';

const fileOf = (channels: number, name: string): WeightsSource => ({
  kind: 'file',
  file: new Blob([taesdDecoderBytes({ channels, width: 8, isPooled: channels === 32 })]),
  name,
  address: null,
});

const planWith = (decoder: string): LoadPlan => ({
  backend: 'wasm',
  precision: 'auto',
  models: { decoder },
});

const latentOf = (channels: number, family: Latent['family']): Latent => ({
  data: new Float32Array(channels * 4 * 6),
  channels,
  height: 4,
  width: 6,
  family,
  space: 'raw',
});

function silent(): void {}

describe('the engine with a person’s own weights', () => {
  test('loads them by their id and decodes with them, whatever space the latent is in', async () => {
    const engine = createEngine(fakeSurroundings(calmBehaviour()));
    const steps: Progress[] = [];
    const { id } = await engine.importWeights(1, fileOf(4, 'taesd_decoder.pth'), (step) => steps.push(step));
    expect(steps.filter(({ kind }) => kind === 'fetch').at(-1)).toMatchObject({ file: 'taesd_decoder.pth' });
    const report = await engine.load(2, planWith(id), silent);
    expect(report.models).toMatchObject([{ id, from: 'storage' }]);
    const job = { latent: latentOf(4, 'sd1'), scale: 1, method: 'decode' } as const;
    expect(await engine.decode(3, job, silent)).toMatchObject({ width: 48, height: 32 });
    await expect(engine.decode(4, { ...job, latent: latentOf(16, 'flux1') }, silent)).rejects.toMatchObject({
      code: 'model/mismatch',
    });
  });

  test('keeps the plan it has when weights are gone or are not what the plan takes them for', async () => {
    const engine = createEngine(fakeSurroundings(calmBehaviour()));
    const { id } = await engine.importWeights(1, fileOf(32, 'taef2_decoder.pth'), silent);
    await engine.load(2, planWith(id), silent);
    await expect(
      engine.load(3, { ...planWith(id), models: { decoder: id, upscaler: id } }, silent),
    ).rejects.toMatchObject({
      code: 'model/mismatch',
      message: expect.stringContaining('TAEF2'),
    });
    await engine.removeWeights(id);
    await expect(engine.load(4, planWith(id), silent)).rejects.toMatchObject({ code: 'model/missing' });
    const job = { latent: latentOf(32, 'flux2'), scale: 1, method: 'decode' } as const;
    expect(await engine.decode(5, job, silent)).toMatchObject({ width: 48 });
  });

  test('an import waits for no picture, and a picture for no import', async () => {
    let letGo: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const behaviour = calmBehaviour();
    const engine = createEngine(fakeSurroundings(behaviour));
    await engine.load(1, planWith('tiny-decoder'), silent);
    behaviour.beforeRun = () => gate;
    const picture = engine.decode(2, { latent: latentOf(32, 'flux2'), scale: 1, method: 'decode' }, silent);
    expect((await engine.importWeights(3, fileOf(4, 'x.pth'), silent)).name).toBe('x.pth');
    letGo();
    expect((await picture).width).toBe(48);
  });
});
