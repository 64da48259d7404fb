import { describe, expect, it } from 'vitest';
import { idle } from '../run/perform-task.ts';
import type { Action } from '../state/actions.ts';
import { reduce } from '../state/reducer.ts';
import { type AppState, initialState, type PaneImage } from '../state/state.ts';
import { fakeBitmap, flatLatent } from '../testing/fake-engine-client.ts';
import { MODELS, openItem } from '../testing/open-item.ts';
import { detailWords, verdictOf } from './verdict.ts';

const image = (side: number): PaneImage => ({
  bitmap: fakeBitmap(side, side),
  width: side,
  height: side,
  kind: 'final',
  version: 0,
});

const done = (key: 'decode-1' | 'lua-2' | 'pixel-upscaler-2', upscaleMs: number): Action => ({
  type: 'pane-done',
  id: 1,
  key,
  image: image(64),
  tiles: 1,
  timings: {
    queuedMs: 0,
    compileMs: 0,
    upscaleMs,
    decodeMs: 1400,
    presentMs: 0,
    totalMs: upscaleMs + 1400,
    run: 'warm',
    backend: 'wasm',
    precision: 'f32',
  },
});

const detailed = (key: 'lua-2' | 'pixel-upscaler-2', detail: number): Action => ({
  type: 'pane-detailed',
  id: 1,
  key,
  detail,
});

const stretched: Action = {
  type: 'picture-stretched',
  id: 1,
  stretched: { image: image(64), detail: 0.01 },
};

const stateAfter = (...actions: readonly Action[]): AppState =>
  [
    { type: 'models-listed', models: MODELS } as const,
    { type: 'item-opened', item: openItem(1), isSelected: true } as const,
    ...actions,
  ].reduce(reduce, initialState('auto'));

describe('the verdict', () => {
  it('says how much more fine detail LUA has than stretching, and how long it took', () => {
    const { tone, text } = verdictOf(stateAfter(done('lua-2', 310), detailed('lua-2', 0.018), stretched));
    expect(tone).toBe('better');
    expect(text).toBe('LUA 2× has 1.8× the fine detail of stretching, in 310 ms of upscaling.');
  });

  it('says where LUA loses, and where nothing is won', () => {
    const softer = verdictOf(stateAfter(done('lua-2', 310), detailed('lua-2', 0.008), stretched));
    expect(softer).toEqual({
      tone: 'worse',
      text: 'LUA 2× is softer than stretching here: 0.80× its fine detail, in 310 ms of upscaling.',
    });
    expect(detailWords(1.04).tone).toBe('even');
    expect(detailWords(12.3).text).toContain('12×');
  });

  it('names a pixel network that has run, also where that has more detail', () => {
    const run = [done('lua-2', 310), detailed('lua-2', 0.018), stretched, done('pixel-upscaler-2', 4100)];
    expect(verdictOf(stateAfter(...run)).text).toContain('; the pixel network took 4.10 s.');
    expect(verdictOf(stateAfter(...run, detailed('pixel-upscaler-2', 0.03))).text).toContain(
      'the pixel network took 4.10 s and has more.',
    );
  });

  it('tells what a pixel network needs as soon as its first tiles do', () => {
    const state = stateAfter(done('lua-2', 310), detailed('lua-2', 0.018), stretched, {
      type: 'pane-started',
      id: 1,
      key: 'pixel-upscaler-2',
    });
    const task = { kind: 'pane', itemId: 1, key: 'pixel-upscaler-2' } as const;
    const activity = { ...idle(task), step: 'upscale', tile: 1, tiles: 9, stepMs: 42_000 } as const;
    expect(verdictOf(state).text).not.toContain('pixel network');
    expect(verdictOf(reduce(state, { type: 'activity-changed', activity })).text).toContain(
      '; the pixel network needs about 42 s, as its first tiles tell.',
    );
  });

  it('says how near the original both come, where there is one', () => {
    const quality = (key: 'lua-2' | 'pixel-bicubic-2', psnr: number): Action => ({
      type: 'pane-measured',
      id: 1,
      key,
      quality: { psnr, ssim: 0.9 },
    });
    const run = [done('lua-2', 310), detailed('lua-2', 0.018), stretched];
    const state = stateAfter(...run, quality('lua-2', 25.1), quality('pixel-bicubic-2', 25.4));
    expect(verdictOf(state).text).toContain('Against the original it is 0.30 dB worse than pixel bicubic.');
  });

  it('claims nothing before both pictures are there, or where LUA cannot run', () => {
    expect(verdictOf(initialState('auto')).tone).toBe('pending');
    expect(verdictOf(stateAfter()).tone).toBe('pending');
    expect(verdictOf(stateAfter(done('lua-2', 310), detailed('lua-2', 1))).tone).toBe('pending');
    const latent = { ...flatLatent(4, 4), family: 'sdxl', channels: 4, data: new Float32Array(64) } as const;
    const foreign = [
      { type: 'models-listed', models: MODELS } as const,
      { type: 'item-opened', item: openItem(1, latent), isSelected: true } as const,
    ].reduce(reduce, initialState('auto'));
    expect(verdictOf(foreign)).toEqual({
      tone: 'pending',
      text: 'Nothing to compare with yet: LUA cannot run on this latent.',
    });
  });
});
