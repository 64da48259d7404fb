import { transfer, wrap } from 'comlink';
import type { PictureTools } from '../contract/picture-tools.ts';
import { installTransferHandlers } from '../contract/transfer.ts';
import { AppError } from '../core/errors.ts';
import { missingPart } from '../core/missing-part.ts';
import { within } from '../core/within.ts';

/** A picture takes a second or two; a file made to take for ever ends with its worker. */
const PATIENCE_MS = 20_000;

interface Connection {
  readonly tools: ReturnType<typeof wrap<PictureTools>>;
  /** Rejects when the worker breaks; calls would wait for ever. */
  readonly broken: Promise<never>;
  end(): void;
}

/** Picture arithmetic in a worker, which starts with the first call. Unlike there, bitmaps stay the caller's. */
export function createPictureClient(): PictureTools {
  let connection: Connection | null = null;

  function connect(): Connection {
    if (connection !== null) return connection;
    installTransferHandlers();
    const worker = new Worker(new URL('../../workers/picture.worker.ts', import.meta.url), {
      type: 'module',
    });
    function end(): void {
      worker.terminate();
      connection = null;
    }
    const broken = new Promise<never>((_, reject) => {
      worker.addEventListener('error', (event) => {
        end();
        // A script that could not be loaded has no message; one that fails has.
        reject(
          'message' in event && event.message
            ? new AppError(
                'engine/crashed',
                'Measuring the pictures failed in its worker; try a smaller picture.',
              )
            : missingPart('The part of the page that measures pictures'),
        );
      });
    });
    broken.catch(() => {});
    connection = { tools: wrap<PictureTools>(worker), broken, end };
    return connection;
  }

  return {
    async compare(picture, reference) {
      const [a, b] = await Promise.all([createImageBitmap(picture), createImageBitmap(reference)]);
      const { tools, broken } = connect();
      return Promise.race([tools.compare(transfer(a, [a]), transfer(b, [b])), broken]);
    },
    async detail(picture) {
      const copy = await createImageBitmap(picture);
      const { tools, broken } = connect();
      return Promise.race([tools.detail(transfer(copy, [copy])), broken]);
    },
    openTiff(bytes) {
      const { tools, broken, end } = connect();
      return within(Promise.race([tools.openTiff(transfer(bytes, [bytes])), broken]), PATIENCE_MS, () => {
        end();
        throw new AppError(
          'file/too-large',
          'The TIFF picture took too long to read. Save it as PNG and drop that.',
        );
      });
    },
    async reduce(picture, width, height) {
      const copy = await createImageBitmap(picture);
      const { tools, broken } = connect();
      return Promise.race([tools.reduce(transfer(copy, [copy]), width, height), broken]);
    },
  };
}
