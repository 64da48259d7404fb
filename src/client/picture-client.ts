import { transfer, wrap } from 'comlink';
import type { PictureTools } from '../contract/picture-tools.ts';
import { installTransferHandlers } from '../contract/transfer.ts';
import { AppError } from '../core/errors.ts';
import { missingPart } from '../core/missing-part.ts';
import { within } from '../core/within.ts';
import type { WorkerLike } from './worker-connection.ts';

/** A picture takes a second or two; a file made to take for ever ends with its worker. */
const PATIENCE_MS = 20_000;

export interface PictureClientOptions {
  readonly start?: () => WorkerLike;
  readonly patienceMs?: number;
}

interface Connection {
  readonly tools: ReturnType<typeof wrap<PictureTools>>;
  /** Rejects when the worker breaks; calls would wait for ever. */
  readonly broken: Promise<never>;
  /** To be told of the worker's first answer: what breaks after it was no missing script. */
  noteAnswer(): void;
  end(): void;
}

const startWorker = (): WorkerLike =>
  new Worker(new URL('../../workers/picture.worker.ts', import.meta.url), { type: 'module' });

/** Picture arithmetic in a worker, which starts with the first call, and anew after it broke. Unlike there, bitmaps stay the caller's. */
export function createPictureClient(options: PictureClientOptions = {}): PictureTools {
  const { start = startWorker, patienceMs = PATIENCE_MS } = options;
  let connection: Connection | null = null;

  function connect(): Connection {
    if (connection !== null) return connection;
    installTransferHandlers();
    const worker = start();
    let hasAnswered = false;
    function end(): void {
      worker.terminate();
      connection = null;
    }
    const broken = new Promise<never>((_, reject) => {
      worker.addEventListener('error', (event) => {
        end();
        // A script that could not be loaded has no message; one that fails has.
        reject(
          hasAnswered || ('message' in event && event.message)
            ? new AppError(
                'engine/crashed',
                'Measuring the pictures failed in its worker; try a smaller picture.',
              )
            : missingPart('The part of the page that measures pictures'),
        );
      });
    });
    broken.catch(() => {});
    function noteAnswer(): void {
      hasAnswered = true;
    }
    connection = { tools: wrap<PictureTools>(worker), broken, noteAnswer, end };
    return connection;
  }

  /** One call, ended with its worker where that breaks. */
  function ask<R>({ broken, noteAnswer }: Connection, answer: Promise<R>): Promise<R> {
    answer.then(noteAnswer, noteAnswer);
    return Promise.race([answer, broken]);
  }

  return {
    async compare(picture, reference) {
      const [a, b] = await Promise.all([createImageBitmap(picture), createImageBitmap(reference)]);
      const to = connect();
      return ask(to, to.tools.compare(transfer(a, [a]), transfer(b, [b])));
    },
    async detail(picture) {
      const copy = await createImageBitmap(picture);
      const to = connect();
      return ask(to, to.tools.detail(transfer(copy, [copy])));
    },
    openTiff(bytes) {
      const to = connect();
      return within(ask(to, to.tools.openTiff(transfer(bytes, [bytes]))), patienceMs, () => {
        to.end();
        throw new AppError(
          'file/too-large',
          'The TIFF picture took too long to read. Save it as PNG and drop that.',
        );
      });
    },
    async reduce(picture, width, height) {
      const copy = await createImageBitmap(picture);
      const to = connect();
      return ask(to, to.tools.reduce(transfer(copy, [copy]), width, height));
    },
  };
}
