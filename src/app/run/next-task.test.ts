import { describe, expect, it } from 'vitest';
import type { Action } from '../state/actions.ts';
import type { PaneKey } from '../state/panes.ts';
import { reduce } from '../state/reducer.ts';
import { type AppState, initialState } from '../state/state.ts';
import { flatLatent } from '../testing/fake-engine-client.ts';
import { MODELS, openItem } from '../testing/open-item.ts';
import { LOADED, paneDone } from '../testing/state-actions.ts';
import { nextTask, planFor, whyHeld, whyMissing } from './next-task.ts';

const stateAfter = (actions: readonly Action[], state: AppState = initialState('auto')): AppState =>
  actions.reduce(reduce, state);

const opened = (id: number, isSelected = true): Action => ({
  type: 'item-opened',
  item: openItem(id),
  isSelected,
});

function loaded(state: AppState): AppState {
  const item = state.items[0];
  const plan = item === undefined ? null : planFor(state, item);
  if (plan === null) throw new Error('nothing to load');
  return reduce(state, { type: 'engine-loaded', plan, report: LOADED });
}

const done = (id: number, key: PaneKey): Action => paneDone(key, { id });

const ready = (): AppState => loaded(stateAfter([{ type: 'models-listed', models: MODELS }, opened(1)]));

describe('nextTask', () => {
  it('waits until it is known which models there are', () => {
    expect(nextTask(stateAfter([opened(1)]))).toBeNull();
  });

  it('loads first, then makes 1x, 2x and 4x in that order', () => {
    const state = stateAfter([{ type: 'models-listed', models: MODELS }, opened(1)]);
    expect(nextTask(state)).toMatchObject({
      kind: 'load',
      plan: { models: { decoder: 'flux2-decoder', encoder: 'flux2-encoder' } },
    });
    expect(nextTask(ready())).toEqual({ kind: 'pane', itemId: 1, key: 'decode-1' });
    expect(nextTask(stateAfter([done(1, 'decode-1')], ready()))).toMatchObject({ key: 'lua-2' });
    expect(nextTask(stateAfter([done(1, 'decode-1'), done(1, 'lua-2')], ready()))).toMatchObject({
      key: 'lua-4',
    });
  });

  it('loads what decodes before what enlarges, which is fetched behind it and stays for the next file', () => {
    const state = stateAfter([{ type: 'models-listed', models: MODELS }, opened(2), opened(1)]);
    const first = nextTask(state);
    if (first?.kind !== 'load') throw new Error('nothing to load');
    expect(first.plan.models.upscaler).toBeUndefined();
    expect(first.plan.ahead).toEqual(['flux2-upscaler']);
    const decoding = reduce(state, { type: 'engine-loaded', plan: first.plan, report: LOADED });
    expect(nextTask(decoding)).toEqual({ kind: 'pane', itemId: 1, key: 'decode-1' });
    const second = nextTask(reduce(decoding, done(1, 'decode-1')));
    if (second?.kind !== 'load') throw new Error('nothing to load');
    expect(second.plan.models).toMatchObject({ decoder: 'flux2-decoder', upscaler: 'flux2-upscaler' });
    const whole = reduce(decoding, { type: 'engine-loaded', plan: second.plan, report: LOADED });
    expect(nextTask(reduce(whole, { type: 'item-selected', id: 2 }))).toEqual({
      kind: 'pane',
      itemId: 2,
      key: 'decode-1',
    });
  });

  it('keeps upscalers that take turns', () => {
    const network = { ...MODELS[0], id: 'pixel-swin', role: 'pixel-upscaler' } as (typeof MODELS)[number];
    const { engine, ...rest } = ready();
    const state: AppState = { ...rest, engine: { ...engine, models: [...MODELS, network] } };
    const [item] = state.items;
    if (item === undefined) throw new Error('no item');
    expect(planFor(state, item, ['pixel-upscaler-2'])?.models).toMatchObject({
      upscaler: 'flux2-upscaler',
      'pixel-upscaler': 'pixel-swin',
    });
    expect(planFor(state, item, [])?.models['pixel-upscaler']).toBeUndefined();
  });

  it('fetches a pixel-space network with the first picture that asks for it, and then keeps it', () => {
    const network = { ...MODELS[0], id: 'pixel-swin', role: 'pixel-upscaler' } as (typeof MODELS)[number];
    const { engine, ...rest } = ready();
    const state: AppState = { ...rest, engine: { ...engine, models: [...MODELS, network] } };
    expect(nextTask(state)).toMatchObject({ kind: 'pane', key: 'decode-1' });
    const asking = stateAfter(
      [{ type: 'panes-shown', keys: ['decode-1', 'lua-2', 'pixel-upscaler-2'] }, done(1, 'decode-1')],
      state,
    );
    expect(nextTask(asking)).toMatchObject({
      kind: 'load',
      plan: { models: { 'pixel-upscaler': 'pixel-swin' } },
    });
    const shown: Action = { type: 'panes-shown', keys: ['decode-1', 'lua-2'] };
    expect(nextTask(stateAfter([shown], loaded(asking)))).toMatchObject({ kind: 'pane', key: 'lua-2' });
  });

  it('rests when everything is made', () => {
    expect(
      nextTask(stateAfter([done(1, 'decode-1'), done(1, 'lua-2'), done(1, 'lua-4')], ready())),
    ).toBeNull();
  });

  it('serves the item on the stage before the rest of the queue', () => {
    const state = stateAfter([opened(2, false), opened(3, false), { type: 'item-selected', id: 3 }], ready());
    expect(nextTask(state)).toMatchObject({ itemId: 3 });
    expect(nextTask(stateAfter([{ type: 'item-stopped', id: 3 }], state))).toMatchObject({ itemId: 1 });
  });

  it('makes rivals of LUA for the item on the stage only', () => {
    const shown: Action = { type: 'panes-shown', keys: ['decode-1', 'pixel-lanczos-2'] };
    const state = stateAfter([shown, opened(2, false), done(1, 'decode-1'), done(2, 'decode-1')], ready());
    expect(nextTask(state)).toEqual({ kind: 'pane', itemId: 1, key: 'pixel-lanczos-2' });
    expect(nextTask(reduce(state, { type: 'item-stopped', id: 1 }))).toBeNull();
    expect(nextTask(reduce(state, { type: 'item-selected', id: 2 }))).toMatchObject({ itemId: 2 });
  });

  it('does not load again after a failure until it is asked to', () => {
    const failed = stateAfter([
      { type: 'models-listed', models: MODELS },
      opened(1),
      { type: 'engine-failed', message: 'no' },
    ]);
    expect(nextTask(failed)).toBeNull();
    expect(nextTask(reduce(failed, { type: 'engine-retried' }))).toMatchObject({ kind: 'load' });
  });

  it('takes repeats in turn: every picture once before any twice', () => {
    let state = stateAfter([done(1, 'decode-1'), done(1, 'lua-2'), done(1, 'lua-4')], ready());
    state = reduce(state, { type: 'runs-asked', id: 1, times: 2 });
    const order: string[] = [];
    for (let task = nextTask(state); task?.kind === 'pane' && order.length < 9; task = nextTask(state)) {
      order.push(task.key);
      state = reduce(state, done(1, task.key));
    }
    expect(order).toEqual(['decode-1', 'lua-2', 'lua-4', 'decode-1', 'lua-2', 'lua-4']);
  });

  it('makes what was added for the picture at hand of no other file', () => {
    const both = stateAfter([{ type: 'models-listed', models: MODELS }, opened(1), opened(2)]);
    const shown = reduce(both, { type: 'panes-shown', keys: ['decode-1', 'pixel-bicubic-2'] });
    const first = reduce(loaded(shown), done(1, 'decode-1'));
    const second = [done(2, 'decode-1'), done(2, 'pixel-bicubic-2')].reduce(reduce, first);
    expect(nextTask(first)).toMatchObject({ itemId: 2, key: 'decode-1' });
    expect(nextTask(second)).toBeNull();
  });

  it('leaves pictures beyond 20 megapixels until they are asked for', () => {
    const item = openItem(1, flatLatent(160, 160));
    const state = stateAfter([{ type: 'item-opened', item, isSelected: true }]);
    expect(whyHeld(state, item, 'lua-2')).toBeNull();
    expect(whyHeld(state, item, 'lua-4')).toContain('5120 × 5120');
    const asked = reduce(state, { type: 'pane-asked', id: 1, key: 'lua-4' }).items[0];
    expect(asked && whyHeld(state, asked, 'lua-4')).toBeNull();
  });

  it('names the family whose weights are missing', () => {
    const latent = { ...flatLatent(4, 4), family: 'sdxl', channels: 4, data: new Float32Array(64) } as const;
    const state = stateAfter([
      { type: 'models-listed', models: MODELS },
      { type: 'item-opened', item: openItem(1, latent), isSelected: true },
    ]);
    expect(nextTask(state)).toBeNull();
    const item = state.items[0];
    expect(item && whyMissing(state, item, 'decode-1')).toContain('SDXL');
  });
});
