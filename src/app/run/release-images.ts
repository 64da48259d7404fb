import type { PaneKey } from '../state/panes.ts';
import type { AppState, Item } from '../state/state.ts';

/** Finished pictures kept for going back to: two 4096 x 4096 results and a few small ones. */
export const IMAGE_BUDGET_BYTES = 256 * 2 ** 20;

const bytesOf = (item: Item): number =>
  Object.values(item.panes).reduce(
    (sum, { image }) => sum + (image?.kind === 'final' ? image.width * image.height * 4 : 0),
    item.stretched === null ? 0 : item.stretched.image.width * item.stretched.image.height * 4,
  );

/** Items whose pictures must go, the longest open first; never those of the item on the stage. */
export function overBudget(state: AppState): number[] {
  let total = state.items.reduce((sum, item) => sum + bytesOf(item), 0);
  const given: number[] = [];
  for (const item of state.items) {
    if (total <= IMAGE_BUDGET_BYTES) break;
    const bytes = item.id === state.currentId ? 0 : bytesOf(item);
    if (bytes === 0) continue;
    total -= bytes;
    given.push(item.id);
  }
  return given;
}

/** Frees the pixels of an item that no longer shows them. */
export function closeImages(item: Item): void {
  closePanes(
    item,
    Object.values(item.panes).map(({ key }) => key),
  );
}

/** Frees the pixels of some of an item's panes. */
export function closePanes(item: Item, keys: readonly PaneKey[]): void {
  if (keys.includes('decode-1') && item.stretched !== null && 'close' in item.stretched.image.bitmap) {
    item.stretched.image.bitmap.close();
  }
  for (const key of keys) {
    const image = item.panes[key]?.image ?? null;
    if (image !== null && 'close' in image.bitmap) image.bitmap.close();
  }
}
