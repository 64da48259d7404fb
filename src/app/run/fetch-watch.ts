import type { Progress } from '../../contract/call.ts';

type Fetch = Extract<Progress, { readonly kind: 'fetch' }>;

/** What is to be said of several downloads at once: one of them, and for how long it has been silent. */
export interface FetchReport extends Fetch {
  /** Milliseconds without a byte once that is worth a word, else 0. */
  readonly silentMs: number;
}

/** Slow lines pause for seconds; after this long a person wonders. */
const STALL_MS = 8000;

/** Follows downloads that run side by side; `now` gives milliseconds. */
export function createFetchWatch(now: () => number = () => performance.now()) {
  const running = new Map<string, { readonly last: Fetch; readonly at: number }>();

  return {
    /** Takes what one download tells, and gives what to show: a finished one yields to those still under way. */
    note(progress: Fetch): FetchReport {
      const isDone = progress.totalBytes > 0 && progress.loadedBytes >= progress.totalBytes;
      if (isDone) running.delete(progress.file);
      else running.set(progress.file, { last: progress, at: now() });
      return this.stalled() ?? { ...([...running.values()][0]?.last ?? progress), silentMs: 0 };
    },

    /** The download that has been silent longest, if that is longer than a slow line explains. */
    stalled(): FetchReport | null {
      const [oldest] = [...running.values()].toSorted((a, b) => a.at - b.at);
      const silentMs = oldest === undefined ? 0 : now() - oldest.at;
      return oldest === undefined || silentMs < STALL_MS ? null : { ...oldest.last, silentMs };
    },
  };
}
