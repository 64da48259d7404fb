import { AppError } from '../../src/core/errors.ts';
import { piecesOf } from '../../src/core/fetch-body.ts';

/** `loaded` never falls and ends at `total`; `total` never changes. */
export type OnBytes = (loaded: number, total: number) => void;

export interface FetchOptions {
  readonly signal?: AbortSignal;
  readonly onBytes?: OnBytes;
  readonly fetch?: typeof fetch;
}

/**
 * The body of `url`, which must be exactly `sizeBytes` long: the size is known beforehand (a Content-Length may be missing
 * or that of the compressed form), so progress is true and one buffer is enough. Throws model/fetch.
 */
export async function fetchBytes(
  url: string,
  sizeBytes: number,
  options: FetchOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { signal, onBytes, fetch: load = fetch } = options;
  const failed = (found: string, cause?: unknown): AppError =>
    new AppError(
      'model/fetch',
      `${url} could not be fetched: ${found}. Check the connection and try again.`,
      {
        detail: { url },
        cause,
      },
    );

  const response = await load(url, signal === undefined ? {} : { signal }).catch((cause: unknown) => {
    signal?.throwIfAborted();
    throw failed('the server was not reached', cause);
  });
  if (!response.ok || response.body === null) throw failed(`the server answered ${response.status}`);
  const bytes = new Uint8Array(sizeBytes);
  let loaded = 0;
  onBytes?.(0, sizeBytes);
  const broke = (cause: unknown): AppError =>
    failed(`the connection broke after ${loaded} of ${sizeBytes} bytes`, cause);
  for await (const piece of piecesOf(response.body, signal, broke)) {
    if (loaded + piece.length > sizeBytes) {
      throw failed(`the file is longer than the ${sizeBytes} bytes it should have`);
    }
    bytes.set(piece, loaded);
    loaded += piece.length;
    onBytes?.(loaded, sizeBytes);
  }
  if (loaded !== sizeBytes) throw failed(`the file has ${loaded} bytes instead of ${sizeBytes}`);
  return bytes;
}
