import { describe, expect, it } from 'vitest';
import type { Action } from '../app/state/actions.ts';
import type { PaneKey } from '../app/state/panes.ts';
import { reduce } from '../app/state/reducer.ts';
import { type AppState, initialState } from '../app/state/state.ts';
import { MODELS, openItem } from '../app/testing/open-item.ts';
import { LOADED, paneDone } from '../app/testing/state-actions.ts';
import { toRepeat } from './warm-pass.ts';

const done = (key: PaneKey, run: 'cold' | 'warm'): Action => paneDone(key, { run });

const stateAfter = (...actions: readonly Action[]): AppState =>
  [
    { type: 'models-listed', models: MODELS } as const,
    { type: 'item-opened', item: openItem(1), isSelected: true } as const,
    ...actions,
  ].reduce(reduce, initialState('auto'));

describe('the repeat by itself', () => {
  it('is of what has only a first run, once', () => {
    const once = stateAfter(done('decode-1', 'cold'), done('lua-2', 'cold'), done('lua-4', 'warm'));
    expect(toRepeat(once)).toEqual(['decode-1', 'lua-2']);
    const twice = [done('decode-1', 'warm'), done('lua-2', 'warm')].reduce(reduce, once);
    expect(toRepeat(twice)).toEqual([]);
  });

  it('waits while anything runs, was stopped, or went wrong', () => {
    const ready = stateAfter(done('decode-1', 'cold'));
    expect(toRepeat(ready)).toEqual(['decode-1']);
    expect(toRepeat(reduce(ready, { type: 'pane-started', id: 1, key: 'lua-2' }))).toEqual([]);
    expect(toRepeat(reduce(ready, { type: 'item-stopped', id: 1 }))).toEqual([]);
    const notice = { tone: 'error', text: 'No.' } as const;
    expect(toRepeat(reduce(ready, { type: 'notice-changed', notice }))).toEqual([]);
    expect(toRepeat(initialState('auto'))).toEqual([]);
  });

  it('leaves out what there is no time for, and stops when the time is spent', () => {
    const loaded: Action = {
      type: 'engine-loaded',
      plan: { backend: 'auto', precision: 'auto', models: {} },
      report: LOADED,
    };
    const slow = (key: PaneKey, run: 'cold' | 'warm', decodeMs: number): Action =>
      paneDone(key, { run, upscaleMs: key === 'decode-1' ? 0 : 1000, decodeMs });
    const once = stateAfter(
      loaded,
      slow('decode-1', 'cold', 1200),
      slow('lua-2', 'cold', 4800),
      slow('lua-4', 'cold', 19_200),
    );
    expect(toRepeat(once)).toEqual(['decode-1', 'lua-2']);
    const twice = [slow('decode-1', 'warm', 1000), slow('lua-2', 'warm', 4000)].reduce(reduce, once);
    expect(toRepeat(twice)).toEqual([]);
    // Alone it would not have been too long.
    const quicker = stateAfter(
      loaded,
      slow('decode-1', 'cold', 1000),
      slow('lua-2', 'cold', 4000),
      slow('lua-4', 'cold', 15_900),
    );
    expect(toRepeat(quicker)).toEqual(['decode-1', 'lua-2']);
    expect(
      toRepeat([slow('decode-1', 'warm', 1000), slow('lua-2', 'warm', 4000)].reduce(reduce, quicker)),
    ).toEqual([]);
  });
});
