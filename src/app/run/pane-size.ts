import { familyById } from '../../core/families/index.ts';
import { type PaneKey, parsePaneKey } from '../state/panes.ts';
import type { Item } from '../state/state.ts';

/** Output size in pixels of `key` for the item's latent, or of a picture that is not encoded yet. */
export function paneSize(item: Item, key: PaneKey): { width: number; height: number } {
  const scale = parsePaneKey(key)?.scale ?? 1;
  if (key === 'reference' && item.reference !== null) return item.reference;
  const cell = item.latent === null ? 8 : familyById(item.latent.family).pixelsPerCell;
  const cells = item.latent ?? { width: 32, height: 32 };
  return { width: cells.width * cell * scale, height: cells.height * cell * scale };
}
