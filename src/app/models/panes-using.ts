import type { ModelSlot } from '../state/models-state.ts';
import { type PaneKey, parsePaneKey } from '../state/panes.ts';
import type { Item } from '../state/state.ts';

/** The panes of an item that were made with the network of a slot. An encoder's work is done before there are panes. */
export function panesUsing(item: Item, slot: ModelSlot): PaneKey[] {
  return Object.values(item.panes)
    .map(({ key }) => key)
    .filter((key) => {
      const method = parsePaneKey(key)?.method;
      if (slot === 'decoder') return method !== 'reference';
      if (slot === 'upscaler') return method === 'lua';
      return slot === 'pixel-upscaler' && method === 'pixel-upscaler';
    });
}
