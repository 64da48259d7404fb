import type { Role } from '../../core/role.ts';
import { isEnlargedBy, type PaneKey, parsePaneKey } from '../state/panes.ts';
import type { Item } from '../state/state.ts';

/** The panes of an item that were made with the network of a role. An encoder's work is done before there are panes. */
export function panesUsing(item: Item, role: Role): PaneKey[] {
  return Object.values(item.panes)
    .map(({ key }) => key)
    .filter((key) =>
      role === 'decoder'
        ? (parsePaneKey(key)?.method ?? 'reference') !== 'reference'
        : isEnlargedBy(key, role),
    );
}
