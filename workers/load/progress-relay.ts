import type { OnBytes } from './fetch-bytes.ts';

/** Passes on how far a download has come that was begun before anybody listened. */
export interface ProgressRelay {
  /** For the download. */
  readonly onBytes: OnBytes;
  /** Tells at once how far it has come, then of every step, until the given function is called. */
  listen(listener: OnBytes): () => void;
}

export function createProgressRelay(): ProgressRelay {
  const listeners = new Set<OnBytes>();
  let last: Parameters<OnBytes> | null = null;
  return {
    onBytes(...seen) {
      last = seen;
      for (const listener of listeners) listener(...seen);
    },
    listen(listener) {
      if (last !== null) listener(...last);
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
