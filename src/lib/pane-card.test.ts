import { describe, expect, it } from 'vitest';
import { namedCards, waitingCard, wordOf } from './pane-card.ts';

const size = { width: 64, height: 48 };
const cards = [waitingCard(1, size, null), waitingCard(2, size, null)];
const model = (id: string, title: string) =>
  ({ id, title, sizeBytes: 1, from: 'network', loadMs: 1 }) as const;

describe('the element’s panes', () => {
  it('are named after the network that enlarges, in captions and files', () => {
    const models = [
      model('sdxl-decoder', 'TAESDXL tiny decoder, 4 channels (SDXL)'),
      model('sdxl-x2', 'SesquiLSR, x2, 4 channels (SDXL)'),
    ];
    const named = namedCards(cards, models, 'sdxl-x2');
    expect(named.map(({ title }) => title)).toEqual(['Decoded', 'SesquiLSR']);
    expect(named.map(wordOf)).toEqual(['decode-1', 'sesquilsr-2']);
  });

  it('say LUA of LUA, and where nothing enlarges', () => {
    const lua = [model('flux2-lua', 'LUA upscaler, x2 and x4, 32 channels (FLUX.2)')];
    expect(namedCards(cards, lua, 'flux2-lua').map(({ title }) => title)).toEqual(['Decoded', 'LUA']);
    expect(namedCards(cards, lua, undefined)).toBe(cards);
    expect(cards.map(wordOf)).toEqual(['decode-1', 'lua-2']);
  });
});
