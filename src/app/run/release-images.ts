import type { PaneKey } from '../state/panes.ts';
import type { AppState, Item, PaneImage } from '../state/state.ts';

/** Finished pictures kept for going back to, with the copies they are drawn from: three results of 4096 x 4096. */
export const IMAGE_BUDGET_BYTES = 256 * 2 ** 20;

/** A picture of this side and more is drawn from copies, each half as large as the one before: a third more in all. */
const COPIED_SIDE = 512;

function bytesOfImage({ width, height }: PaneImage): number {
  const own = width * height * 4;
  return Math.min(width, height) < COPIED_SIDE ? own : (own * 4) / 3;
}

const bytesOf = (item: Item): number =>
  Object.values(item.panes).reduce(
    (sum, { image }) => sum + (image?.kind === 'final' ? bytesOfImage(image) : 0),
    item.stretched === null ? 0 : bytesOfImage(item.stretched.image),
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
