import { expect, it } from 'vitest';
import { type Item, initialState, type PaneImage } from '../state/state.ts';
import { openItem } from '../testing/open-item.ts';
import { overBudget } from './release-images.ts';

const picture = (side: number): PaneImage => ({
  bitmap: {} as ImageBitmap,
  width: side,
  height: side,
  kind: 'final',
  version: 1,
});

function itemWith(id: number, side: number): Item {
  const pane = {
    key: 'lua-4',
    status: 'done',
    image: picture(side),
    runs: [],
    tiles: 1,
    pendingRuns: 0,
  } as const;
  return { ...openItem(id), panes: { 'lua-4': { ...pane, message: null, quality: null, detail: null } } };
}

function stateOf(...sides: readonly number[]) {
  const items = sides.map((side, index) => itemWith(index + 1, side));
  return { ...initialState('auto'), items, currentId: sides.length };
}

it('pictures go, the longest open first, when they and the smaller copies that are drawn from hold more than 256 MB', () => {
  expect(overBudget(stateOf(4096, 4096, 4096))).toEqual([]);
  // By their own pixels, 244 MB, these would stay; halved over and over they hold a third more.
  expect(overBudget(stateOf(4096, 4096, 4096, 3600))).toEqual([1]);
});

it('small pictures have no copies', () => {
  expect(overBudget(stateOf(...Array.from({ length: 250 }, () => 511)))).toEqual([]);
});
