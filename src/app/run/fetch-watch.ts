import type { Progress } from '../../contract/call.ts';

type Fetch = Extract<Progress, { readonly kind: 'fetch' }>;

/** What is to be said of several downloads at once: their sum, or the one of them that is silent and for how long. */
export interface FetchReport extends Fetch {
  /** How many files the bytes are of; `file` names the last. */
  readonly files: number;
  /** Milliseconds without a byte once that is worth a word, else 0. */
  readonly silentMs: number;
}

const isDone = ({ loadedBytes, totalBytes }: Fetch): boolean => totalBytes > 0 && loadedBytes >= totalBytes;

/** Slow lines pause for seconds; after this long a person wonders. */
const STALL_MS = 8000;

/** Follows downloads that run side by side; `now` gives milliseconds. */
export function createFetchWatch(now: () => number = () => performance.now()) {
  const begun = new Map<string, { readonly last: Fetch; readonly at: number }>();

  return {
    /** Takes what one download tells, and gives what to show of all. */
    note(progress: Fetch): FetchReport {
      begun.set(progress.file, { last: progress, at: now() });
      const all = [...begun.values()].map(({ last }) => last);
      const sum = (of: (fetch: Fetch) => number): number =>
        all.reduce((total, fetch) => total + of(fetch), 0);
      const isSized = all.every(({ totalBytes }) => totalBytes > 0);
      return (
        this.stalled() ?? {
          ...progress,
          loadedBytes: sum((fetch) => fetch.loadedBytes),
          totalBytes: isSized ? sum((fetch) => fetch.totalBytes) : 0,
          files: all.length,
          silentMs: 0,
        }
      );
    },

    /** The download that has been silent longest, if that is longer than a slow line explains. */
    stalled(): FetchReport | null {
      const running = [...begun.values()].filter(({ last }) => !isDone(last));
      const [oldest] = running.toSorted((a, b) => a.at - b.at);
      const silentMs = oldest === undefined ? 0 : now() - oldest.at;
      return oldest === undefined || silentMs < STALL_MS ? null : { ...oldest.last, files: 1, silentMs };
    },
  };
}
