import { wrap } from 'comlink';
import type { FileReading } from '../contract/file-reading.ts';
import { installTransferHandlers } from '../contract/transfer.ts';
import { AppError } from '../core/errors.ts';
import type { Override } from '../core/latent/reading.ts';
import { missingPart } from '../core/missing-part.ts';
import type { OpenedFile } from '../core/open-file.ts';
import { within } from '../core/within.ts';
import type { WorkerLike } from './worker-connection.ts';

/**
 * Far beyond what reading takes (the readers' own limits end the worst files that we know of within about 3 s), and as long as
 * a person waits for an answer: this is for the files that we do not know.
 */
export const READ_DEADLINE_MS = 20_000;

/** Its scripts are 90 kB; a browser that does not tell of one that is missing is waited for no longer than this. */
const START_MS = 30_000;

/**
 * A start without an answer is tried once more after this long, beside the first: Chromium loses the request for a worker's script
 * that comes while another build's service worker takes over.
 */
const AGAIN_MS = 5000;

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
  readonly startMs?: number;
  readonly againMs?: number;
}

const READER = 'The part of the page that reads files';

const startWorker = (): WorkerLike =>
  new Worker(new URL('../../workers/reader.worker.ts', import.meta.url), { type: 'module' });

/** A worker and what it can do, until it breaks. */
interface Thread {
  readonly reading: ReturnType<typeof wrap<FileReading>>;
  readonly ready: Promise<void>;
  readonly broken: Promise<never>;
  end(): void;
}

function startThread(start: () => WorkerLike): Thread {
  installTransferHandlers();
  const worker = start();
  let hasStarted = false;
  const broken = new Promise<never>((_, reject) => {
    worker.addEventListener('error', () =>
      reject(
        hasStarted
          ? new AppError(
              'file/unreadable',
              'The file could not be read: the part of the page that reads files failed, or memory is short. Close other tabs and drop the file again.',
            )
          : missingPart(READER),
      ),
    );
  });
  broken.catch(() => {});
  const reading = wrap<FileReading>(worker);
  const ready = reading.ready().then(() => {
    hasStarted = true;
  });
  ready.catch(() => {});
  return { reading, ready, broken, end: () => worker.terminate() };
}

interface Starting {
  readonly start: () => WorkerLike;
  readonly startMs: number;
  readonly againMs: number;
}

/** The first thread that can work; the other is ended. Rejects as missingPart, or with `aborted`. */
async function startSoonest({ start, startMs, againMs }: Starting, aborted: Promise<never>): Promise<Thread> {
  const threads: Thread[] = [];
  async function begin(): Promise<Thread> {
    const thread = startThread(start);
    threads.push(thread);
    await Promise.race([thread.ready, thread.broken]);
    return thread;
  }
  let soonest: Thread | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const again = new Promise<Thread>((resolve, reject) => {
    timer = setTimeout(() => begin().then(resolve, reject), againMs);
  });
  try {
    soonest = await within(Promise.race([begin(), again, aborted]), startMs, () => {
      throw missingPart(READER);
    });
    return soonest;
  } finally {
    clearTimeout(timer);
    for (const thread of threads) if (thread !== soonest) thread.end();
  }
}

/**
 * Reads files in a worker, so that no file can hold up or end the page: one that takes longer than the deadline, or is no longer
 * wanted, loses its worker at once, whatever it is at. A worker that ended well serves the next file. Rejects with file/* or
 * latent/* errors, file/too-large past the deadline, and with the signal's reason where it was aborted.
 */
export function createFileReader(options: FileReaderOptions = {}): ReadFile {
  const { start = startWorker, deadlineMs = READ_DEADLINE_MS } = options;
  const { startMs = START_MS, againMs = AGAIN_MS } = options;
  let idle: Thread | null = null;

  return async (file, name, override, signal) => {
    signal.throwIfAborted();
    let thread = idle;
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
      thread ??= await startSoonest({ start, startMs, againMs }, aborted);
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
      else thread?.end();
    }
  };
}
