import { describe, expect, it } from 'vitest';
import { openFile } from '../../core/open-file.ts';
import { reduce } from '../state/reducer.ts';
import { type AppState, type Item, initialState } from '../state/state.ts';
import { batchBytes } from '../testing/latent-bytes.ts';
import { openItem } from '../testing/open-item.ts';
import { stepFrom, stripEntries } from './strip-entries.ts';

function batchItem(id: number): Item {
  const bytes = batchBytes(3, 8, 8);
  const opened = openFile(bytes, 'batch.safetensors');
  if (opened.kind !== 'latent') throw new Error('the batch is no latent');
  const { file, reading, latent } = opened;
  return {
    ...openItem(id, latent),
    name: 'batch.safetensors',
    source: { kind: 'latent', file, reading, override: {}, sizeBytes: bytes.length },
  };
}

const withItems = (...items: readonly Item[]): AppState =>
  items.reduce<AppState>(
    (state, item) => reduce(state, { type: 'item-opened', item, isSelected: true }),
    initialState('auto'),
  );

describe('the strip', () => {
  it('shows every latent of a batch at the place of its file', () => {
    const entries = stripEntries(withItems(openItem(1), batchItem(2), openItem(3)), () => null);
    expect(entries.map(({ id, member }) => [id, member])).toEqual([
      ['1', null],
      ['2', 0],
      ['2:1', 1],
      ['2:2', 2],
      ['3', null],
    ]);
    expect(entries[1]?.title).toBe('batch.safetensors, 1 of 3');
    expect(entries.map(({ isRemovable }) => isRemovable)).toEqual([true, true, false, false, true]);
  });

  it('leads on with the keys: own files, then demos, and round again', () => {
    const entries = stripEntries(withItems(openItem(1), openItem(2)), () => null);
    const demo = { ...entries[0], id: 'cat', isCurrent: false } as (typeof entries)[number];
    expect(stepFrom(entries, [demo], 1)?.id).toBe('cat');
    expect(stepFrom(entries, [demo], -1)?.id).toBe('1');
    expect(stepFrom([], [], 1)).toBeNull();
  });
});
