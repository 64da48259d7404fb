import { wrap } from 'comlink';
import type { FileReading } from '../contract/file-reading.ts';
import { installTransferHandlers } from '../contract/transfer.ts';
import { AppError } from '../core/errors.ts';
import type { Override } from '../core/latent/reading.ts';
import type { OpenedFile } from '../core/open-file.ts';
import type { WorkerLike } from './worker-connection.ts';

/**
 * Far beyond what reading takes (the readers' own limits end the worst files that we know of within about 3 s), and as long as
 * a person waits for an answer: this is for the files that we do not know.
 */
export const READ_DEADLINE_MS = 20_000;

/** Opens a file away from the page; see `createFileReader`. */
export type ReadFile = (
  file: Blob,
  name: string,
  override: Override,
  signal: AbortSignal,
) => Promise<OpenedFile>;

export interface FileReaderOptions {
  readonly start?: () => WorkerLike;
  readonly deadlineMs?: number;
}

const startWorker = (): WorkerLike =>
  new Worker(new URL('../../workers/reader.worker.ts', import.meta.url), { type: 'module' });

/** A worker and what it can do, until it breaks. */
interface Thread {
  readonly reading: ReturnType<typeof wrap<FileReading>>;
  readonly broken: Promise<never>;
  end(): void;
}

function startThread(start: () => WorkerLike): Thread {
  installTransferHandlers();
  const worker = start();
  const broken = new Promise<never>((_, reject) => {
    worker.addEventListener('error', () =>
      reject(
        new AppError(
          'file/unreadable',
          'The file could not be read: the part of the page that reads files failed, or memory is short. Close other tabs and drop the file again.',
        ),
      ),
    );
  });
  broken.catch(() => {});
  return { reading: wrap<FileReading>(worker), broken, end: () => worker.terminate() };
}

/**
 * Reads files in a worker, so that no file can hold up or end the page: one that takes longer than the deadline, or is no longer
 * wanted, loses its worker at once, whatever it is at. A worker that ended well serves the next file. Rejects with file/* or
 * latent/* errors, file/too-large past the deadline, and with the signal's reason where it was aborted.
 */
export function createFileReader(options: FileReaderOptions = {}): ReadFile {
  const { start = startWorker, deadlineMs = READ_DEADLINE_MS } = options;
  let idle: Thread | null = null;

  return async (file, name, override, signal) => {
    signal.throwIfAborted();
    const thread = idle ?? startThread(start);
    idle = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let onAbort: () => void = () => {};
    const aborted = new Promise<never>((_, reject) => {
      onAbort = () => reject(signal.reason);
      signal.addEventListener('abort', onAbort);
    });
    const late = () =>
      new Promise<never>((_, reject) => {
        timer = setTimeout(
          () =>
            reject(
              new AppError(
                'file/too-large',
                `“${name}” could not be read within ${deadlineMs / 1000} s, so reading was ended; it is damaged or made to do harm. Drop another file, or save it as safetensors.`,
              ),
            ),
          deadlineMs,
        );
      });
    let isWell = false;
    try {
      await Promise.race([thread.reading.ready(), thread.broken, aborted]);
      const opened = await Promise.race([
        thread.reading.open(file, name, override).finally(() => {
          isWell = true;
        }),
        thread.broken,
        aborted,
        late(),
      ]);
      return opened;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      if (isWell && idle === null) idle = thread;
      else thread.end();
    }
  };
}
