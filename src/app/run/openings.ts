import type { Action } from '../state/actions.ts';
import type { AppState, Opening } from '../state/state.ts';
import type { Store } from '../state/store.ts';

/** The requests to open something, one at a time: a newer one ends the download of an older one. */
export function createOpenings(store: Store<AppState, Action>) {
  let count = 0;
  let request = new AbortController();

  /** Ends what is on its way, and takes it from the status line; true where something was. */
  function end(): boolean {
    request.abort();
    if (store.get().opening === null) return false;
    store.dispatch({ type: 'opening-changed', opening: null });
    return true;
  }

  return {
    /** How many files, addresses and demos were asked for so far. */
    count: (): number => count,

    /** The signal of a new request. */
    begin(): AbortSignal {
      count += 1;
      end();
      request = new AbortController();
      return request.signal;
    },

    /** Tells how a request goes, unless a newer one has taken its place. */
    tell(signal: AbortSignal, opening: Opening | null): void {
      if (signal === request.signal && !signal.aborted) store.dispatch({ type: 'opening-changed', opening });
    },

    /** Ends what is being fetched or read, if the status line says that anything is; true where it does. */
    cancel: (): boolean => store.get().opening !== null && end(),
  };
}

export type Openings = ReturnType<typeof createOpenings>;
