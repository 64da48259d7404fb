import { transfer, wrap } from 'comlink';
import type { PictureTools } from '../contract/picture-tools.ts';
import { installTransferHandlers } from '../contract/transfer.ts';
import { AppError } from '../core/errors.ts';
import { missingPart } from '../core/missing-part.ts';
import { within } from '../core/within.ts';
import type { WorkerLike } from './worker-connection.ts';

/** A picture takes a second or two; a file made to take for ever ends with its worker. */
const PATIENCE_MS = 20_000;

/** Pictures of 5 megapixels at most, a second or two each: some may stand in line, on a phone beside a busy engine. */
const MEASURE_MS = 60_000;

export interface PictureClientOptions {
  readonly start?: () => WorkerLike;
  readonly patienceMs?: number;
  readonly measureMs?: number;
}

interface Connection {
  readonly tools: ReturnType<typeof wrap<PictureTools>>;
  /** Rejects when the worker breaks or is ended; calls would wait for ever. */
  readonly broken: Promise<never>;
  /** To be told of the worker's first answer: what breaks after it was no missing script. */
  noteAnswer(): void;
  /** Ends the worker, and with it whatever is still waited for. */
  end(reason: AppError): void;
}

const overdue = (ms: number): AppError =>
  new AppError(
    'engine/timeout',
    `Measuring or reducing a picture took longer than ${ms / 1000} s and was ended; what is on the page stays. Try again, or a smaller picture.`,
  );

const startWorker = (): WorkerLike =>
  new Worker(new URL('../../workers/picture.worker.ts', import.meta.url), { type: 'module' });

/** Picture arithmetic in a worker, which starts with the first call, and anew after it broke. Unlike there, bitmaps stay the caller's. */
export function createPictureClient(options: PictureClientOptions = {}): PictureTools {
  const { start = startWorker, patienceMs = PATIENCE_MS, measureMs = MEASURE_MS } = options;
  let connection: Connection | null = null;

  function connect(): Connection {
    if (connection !== null) return connection;
    installTransferHandlers();
    const worker = start();
    let hasAnswered = false;
    let breakOff: (reason: AppError) => void = () => {};
    const broken = new Promise<never>((_, reject) => {
      breakOff = reject;
    });
    function end(reason: AppError): void {
      worker.terminate();
      if (connection?.broken === broken) connection = null;
      breakOff(reason);
    }
    worker.addEventListener('error', (event) =>
      end(
        // A script that could not be loaded has no message; one that fails has.
        hasAnswered || ('message' in event && event.message)
          ? new AppError(
              'engine/crashed',
              'Measuring the pictures failed in its worker; try a smaller picture.',
            )
          : missingPart('The part of the page that measures pictures'),
      ),
    );
    broken.catch(() => {});
    function noteAnswer(): void {
      hasAnswered = true;
    }
    connection = { tools: wrap<PictureTools>(worker), broken, noteAnswer, end };
    return connection;
  }

  /** One call, ended with its worker where that breaks, or is `late`. */
  async function ask<R>(
    call: (tools: Connection['tools']) => Promise<R>,
    ms = measureMs,
    late = overdue(ms),
  ): Promise<R> {
    const { tools, broken, noteAnswer, end } = connect();
    const answer = call(tools);
    answer.then(noteAnswer, noteAnswer);
    return within(Promise.race([answer, broken]), ms, () => {
      end(overdue(ms));
      throw late;
    });
  }

  return {
    async compare(picture, reference) {
      const [a, b] = await Promise.all([createImageBitmap(picture), createImageBitmap(reference)]);
      return ask((tools) => tools.compare(transfer(a, [a]), transfer(b, [b])));
    },
    async detail(picture) {
      const copy = await createImageBitmap(picture);
      return ask((tools) => tools.detail(transfer(copy, [copy])));
    },
    openTiff(bytes) {
      const late = 'The TIFF picture took too long to read. Save it as PNG and drop that.';
      return ask(
        (tools) => tools.openTiff(transfer(bytes, [bytes])),
        patienceMs,
        new AppError('file/too-large', late),
      );
    },
    async reduce(picture, width, height) {
      const copy = await createImageBitmap(picture);
      return ask((tools) => tools.reduce(transfer(copy, [copy]), width, height));
    },
  };
}
