import { type AppState, currentItem } from '../app/state/state.ts';
import type { Store } from '../app/state/store.ts';

/** A picture that is not there by then is not waited for, milliseconds. */
const LONGEST_MS = 60_000;

/** Resolves when the first picture is there, or has been long in coming. */
export const firstPictureOf = (store: Pick<Store<AppState, never>, 'get' | 'subscribe'>): Promise<void> =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, LONGEST_MS);
    store.subscribe(() => {
      if (Object.values(currentItem(store.get())?.panes ?? {}).some(({ status }) => status === 'done')) {
        resolve();
      }
    });
  });
