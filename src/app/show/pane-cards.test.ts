import { expect, it } from 'vitest';
import { initialState, type PaneImage } from '../state/state.ts';
import { fakeBitmap } from '../testing/fake-engine-client.ts';
import { MODELS, openItem } from '../testing/open-item.ts';
import { paneCards } from './pane-cards.ts';

it('a stretched 1x picture is taken out as the decoded one that it is', () => {
  const image: PaneImage = { bitmap: fakeBitmap(64, 64), width: 64, height: 64, kind: 'final', version: 0 };
  const pane = {
    key: 'decode-1',
    status: 'done',
    image,
    runs: [],
    tiles: 1,
    pendingRuns: 0,
    message: null,
    quality: null,
    detail: 1,
  } as const;
  const item = { ...openItem(1), panes: { 'decode-1': pane }, stretched: { image, detail: 1 } };
  const start = initialState('auto');
  const state = { ...start, engine: { ...start.engine, models: MODELS }, items: [item], currentId: 1 };
  const [card] = paneCards(state);
  expect(card).toMatchObject({ title: 'Decoded', stretched: { title: 'Stretched', takenAs: 'Decoded' } });
});
