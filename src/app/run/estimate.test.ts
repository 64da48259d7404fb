import { describe, expect, it } from 'vitest';
import type { Action } from '../state/actions.ts';
import type { PaneKey } from '../state/panes.ts';
import { reduce } from '../state/reducer.ts';
import { type AppState, type Item, initialState } from '../state/state.ts';
import { flatLatent } from '../testing/fake-engine-client.ts';
import { MODELS, openItem } from '../testing/open-item.ts';
import { LOADED, paneDone } from '../testing/state-actions.ts';
import { aboutTime, estimateMs } from './estimate.ts';
import { nextTask, planFor, whyHeld } from './next-task.ts';

const done = (key: PaneKey, upscaleMs: number, decodeMs: number, run: 'cold' | 'warm' = 'warm'): Action =>
  paneDone(key, { run, compileMs: 900, upscaleMs, decodeMs });

function loadedState(backend: 'wasm' | 'webgpu', ...actions: readonly Action[]): AppState {
  const opened = [
    { type: 'models-listed', models: MODELS } as const,
    { type: 'item-opened', item: openItem(1, flatLatent(16, 16)), isSelected: true } as const,
  ].reduce(reduce, initialState('auto'));
  const [item] = opened.items;
  const plan = item === undefined ? null : planFor(opened, item);
  if (plan === null) throw new Error('nothing to load');
  const report = { ...LOADED, backend };
  return [{ type: 'engine-loaded', plan, report } as const, ...actions].reduce(reduce, opened);
}

function itemOf(state: AppState): Item {
  const [item] = state.items;
  if (item === undefined) throw new Error('an item is open');
  return item;
}

describe('an estimate', () => {
  it('has nothing to say before anything has run', () => {
    const state = loadedState('wasm');
    expect(estimateMs(state, itemOf(state), 'lua-4')).toBeNull();
  });

  it('goes with the pixels that are decoded, and leaves setting up out', () => {
    const state = loadedState('wasm', done('decode-1', 0, 100));
    expect(estimateMs(state, itemOf(state), 'lua-4')).toBeCloseTo(1600);
    expect(estimateMs(state, itemOf(state), 'pixel-bicubic-4')).toBeCloseTo(100);
  });

  it('learns an upscaler’s time from a run of it', () => {
    const state = loadedState('wasm', done('decode-1', 0, 100), done('lua-2', 300, 400));
    expect(estimateMs(state, itemOf(state), 'lua-4')).toBeCloseTo(1900);
  });

  it('knows that an upscaler without a head for four doubles twice', () => {
    const models = MODELS.map((model) =>
      model.role === 'upscaler' ? { ...model, scales: [2] as const } : model,
    );
    const state = [
      { type: 'models-listed', models } as const,
      done('decode-1', 0, 100),
      done('lua-2', 300, 400),
    ].reduce(reduce, loadedState('wasm'));
    expect(estimateMs(state, itemOf(state), 'lua-4')).toBeCloseTo(1600 + 5 * 300);
  });

  it('is told where it is worth a word', () => {
    expect([null, 1500, 12_300, 200_000].map(aboutTime)).toEqual([null, null, 'about 12 s', 'about 3 min']);
  });
});

describe('a long picture of 4x', () => {
  it('waits for a click on the CPU, with its time, and not on a GPU', () => {
    const slow = [done('decode-1', 0, 1000), done('lua-2', 500, 4000)];
    const state = loadedState('wasm', ...slow);
    expect(whyHeld(state, itemOf(state), 'lua-4')).toBe('This takes about 17 s on the CPU.');
    expect(nextTask(state)).toBeNull();
    const asked = reduce(state, { type: 'pane-asked', id: 1, key: 'lua-4' });
    expect(nextTask(asked)).toMatchObject({ kind: 'pane', key: 'lua-4' });
    const quick = loadedState('wasm', done('decode-1', 0, 100), done('lua-2', 50, 400));
    expect(whyHeld(quick, itemOf(quick), 'lua-4')).toBeNull();
    const gpu = loadedState('webgpu', ...slow);
    expect(whyHeld(gpu, itemOf(gpu), 'lua-4')).toBeNull();
  });
});
