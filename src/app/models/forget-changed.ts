import { ROLES } from '../../core/role.ts';
import { closePanes } from '../run/release-images.ts';
import type { Action } from '../state/actions.ts';
import type { AppState } from '../state/state.ts';
import type { Store } from '../state/store.ts';
import { chosenFor } from './models.ts';
import { panesUsing } from './panes-using.ts';

/** Forgets the pictures that other weights than now made, as long as there are weights to make them again. */
export function forgetChanged(store: Store<AppState, Action>, before: AppState): void {
  const after = store.get();
  for (const item of after.items) {
    const family = item.latent?.family;
    if (family === undefined) continue;
    const changed = ROLES.filter((slot) => {
      const now = chosenFor(after, family, slot);
      return now !== null && now.id !== chosenFor(before, family, slot)?.id;
    });
    const keys = changed.flatMap((slot) => panesUsing(item, slot));
    if (keys.length === 0) continue;
    store.dispatch({ type: 'panes-forgotten', id: item.id, keys });
    closePanes(item, keys);
  }
}
