import { describe, expect, it } from 'vitest';
import { cardDetail, cardPart, paintedPart } from '../../ui/stage/views/figure-parts.ts';
import { reduce } from '../state/reducer.ts';
import { type AppState, initialState, type PaneImage } from '../state/state.ts';
import { fakeBitmap } from '../testing/fake-engine-client.ts';
import { openItem } from '../testing/open-item.ts';
import { LOADED } from '../testing/state-actions.ts';
import { computedCards } from './computed-cards.ts';
import { modelsOf } from './provenance.ts';

const image = (kind: PaneImage['kind'], side = 32): PaneImage => ({
  bitmap: fakeBitmap(side, side),
  width: side,
  height: side,
  kind,
  version: 1,
});
const timings = {
  queuedMs: 0,
  compileMs: 0,
  upscaleMs: 1,
  decodeMs: 1,
  presentMs: 0,
  totalMs: 2,
  run: 'cold',
  backend: 'wasm',
  precision: 'f32',
} as const;

/** 1x is finished, 2x has its first tile, and 4x shows the enlarged 1x. */
function halfWay(): AppState {
  const start = reduce(initialState('auto'), { type: 'item-opened', item: openItem(1), isSelected: true });
  const finished = {
    type: 'pane-done',
    id: 1,
    key: 'decode-1',
    image: image('final'),
    tiles: 1,
    timings,
  } as const;
  const painted = { type: 'pane-painted', id: 1, key: 'lua-2', image: image('partial', 64) } as const;
  return [finished, painted].reduce<AppState>(reduce, start);
}

describe('a figure', () => {
  it('shows no picture that was not computed: neither a placeholder nor a part of one', () => {
    const cards = computedCards(halfWay());
    expect(cards.map(({ drawing }) => drawing !== null)).toEqual([true, false, false]);
    expect(cards.map(cardDetail)).toEqual([
      '32 × 32 px · 2.0 ms cold',
      '64 × 64 px · not computed',
      '128 × 128 px · not computed',
    ]);
  });

  it('says so in the place of such a picture, also where it is one of a pair', () => {
    const [done, partial] = computedCards(halfWay());
    if (done === undefined || partial === undefined) throw new Error('two cards are wanted');
    const words: string[] = [];
    const painted: number[] = [];
    const context = { save() {}, restore() {}, fillText: (text: string) => words.push(text) };
    const sight = { frame: { width: 10, height: 10 } };
    const painter = { paint: (_: unknown, pictures: readonly unknown[]) => painted.push(pictures.length) };
    const draw = (part: ReturnType<typeof cardPart>): void => part.draw(context as never, sight as never);
    draw(cardPart(partial));
    draw(paintedPart('', '', [done, partial], { painter, settings: {} }));
    draw(paintedPart('', '', [done, done], { painter, settings: {} }));
    expect(words).toEqual(['LUA 2×: not computed', 'LUA 2×: not computed']);
    expect(painted).toEqual([2]);
  });
});

describe('a saved picture', () => {
  it('names the models that made it, and no others', () => {
    const models = { decoder: 'd', encoder: 'e', upscaler: 'u', 'pixel-upscaler': 'p' };
    const state = reduce(halfWay(), {
      type: 'engine-loaded',
      plan: { backend: 'auto', precision: 'auto', models },
      report: LOADED,
    });
    const [item] = state.items;
    if (item === undefined) throw new Error('an item is wanted');
    const ofLatent = { ...item, source: { kind: 'latent' } } as unknown as typeof item;
    expect([...modelsOf(state, ofLatent, 'decode-1')]).toEqual(['d']);
    expect([...modelsOf(state, ofLatent, 'lua-2')].sort()).toEqual(['d', 'u']);
    expect([...modelsOf(state, item, 'pixel-bicubic-2')].sort()).toEqual(['d', 'e']);
    expect([...modelsOf(state, item, 'reference')]).toEqual([]);
  });
});
