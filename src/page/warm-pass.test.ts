import { describe, expect, it } from 'vitest';
import type { Action } from '../app/state/actions.ts';
import type { PaneKey } from '../app/state/panes.ts';
import { reduce } from '../app/state/reducer.ts';
import { type AppState, initialState } from '../app/state/state.ts';
import { MODELS, openItem } from '../app/testing/open-item.ts';
import { paneDone } from '../app/testing/state-actions.ts';
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
});
