import { expect, test } from 'vitest';
import { reduce } from '../state/reducer.ts';
import { initialState, type LatentSource } from '../state/state.ts';
import { openItem } from '../testing/open-item.ts';
import { saveFormats } from './latent-formats.ts';

function labelOf(reading: Partial<LatentSource['reading']>): string | undefined {
  const source = {
    kind: 'latent',
    reading: { items: 1, frames: 1, layout: { axes: 'bcthw' }, ...reading },
  } as LatentSource;
  const item = { ...openItem(1), source };
  const state = reduce(initialState('auto'), { type: 'item-opened', item, isSelected: true });
  return saveFormats(state)[0]?.label;
}

test('"As it came" says what it cannot keep of the way a file came', () => {
  expect(labelOf({ container: 'npy' })).toBe('As it came');
  expect(labelOf({ container: 'torch' })).toBe('As it came, as .npy');
  expect(labelOf({ container: 'npz', items: 4 })).toBe('As it came, as .npy, this one of the batch');
  expect(labelOf({ container: 'safetensors', frames: 5 })).toBe('As it came, this frame');
  const layout = { axes: 'bclhw', item: 0, frame: 1, packedWidth: null } as const;
  expect(labelOf({ container: 'safetensors', frames: 4, layout })).toBe('As it came, this layer');
});
