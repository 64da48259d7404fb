import { createProgressRelay, type ProgressRelay } from './progress-relay.ts';
import type { FileBytes, ReadFile, ReadOptions, StoredFile } from './stored-file.ts';

/** A file on its way before anybody asked for it. */
interface Coming {
  readonly file: Promise<FileBytes>;
  readonly relay: ProgressRelay;
}

/** The same file, or a rejection with the signal's reason as soon as that aborts; the download goes on. */
function unlessAborted(file: Promise<FileBytes>, signal: AbortSignal | undefined): Promise<FileBytes> {
  if (signal === undefined) return file;
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(signal.reason);
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    file.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}

/** Files of `read` that are fetched before they are asked for. Such a download fails in silence, and its file is then read as any other. */
export function createFetchAhead(read: ReadFile) {
  const coming = new Map<string, Coming>();

  return {
    /** Begins to fetch `file`, and holds it until it is read. */
    begin(file: StoredFile, signal: AbortSignal): void {
      if (coming.has(file.sha256)) return;
      const relay = createProgressRelay();
      const begun = read(file, { signal, onBytes: relay.onBytes });
      coming.set(file.sha256, { file: begun, relay });
      begun.catch(() => coming.delete(file.sha256));
    },

    /** `file` as it comes, or null where nobody has begun to fetch it, or that failed. */
    async take(file: StoredFile, { signal, onBytes }: ReadOptions): Promise<FileBytes | null> {
      const one = coming.get(file.sha256);
      if (one === undefined) return null;
      const stopListening = onBytes && one.relay.listen(onBytes);
      try {
        const taken = await unlessAborted(one.file, signal);
        coming.delete(file.sha256);
        return taken;
      } catch {
        signal?.throwIfAborted();
        return null;
      } finally {
        stopListening?.();
      }
    },
  };
}
