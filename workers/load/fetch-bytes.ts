import { AppError } from '../../src/core/errors.ts';
import { type Attention, isPlain, openRest, piecesOf, rangeOf } from '../../src/core/fetch-body.ts';

/** `loaded` never falls and ends at `total`; `total` never changes. */
export type OnBytes = (loaded: number, total: number) => void;

/** `onBytes`, told of nothing that it has heard: what is fetched anew begins again, its progress does not. */
export function onward(onBytes: OnBytes | undefined): OnBytes {
  let most = -1;
  return (loaded, total) => {
    if (loaded <= most) return;
    most = loaded;
    onBytes?.(loaded, total);
  };
}

/** What has come of a file so far. */
interface Part {
  readonly bytes: Uint8Array<ArrayBuffer>;
  loadedBytes: number;
}

/**
 * Parts of files by address: where a fetch fails, the next goes on from what is here. Held in memory, so only as long as their worker. A part
 * is taken out while it is worked on: two that ask for one file at once would write into each other's.
 */
export type Parts = Map<string, Part>;

/** A connection that breaks on the way is taken up again without a word, up to so many in all: networks change under a page, and most come back. */
const MOST_CONNECTIONS = 3;

/** How long after the break. */
const AGAIN_MS = 500;

export interface FetchOptions extends Attention {
  readonly onBytes?: OnBytes;
  readonly fetch?: typeof fetch;
  readonly parts?: Parts;
}

/** How a connection ended. */
type Found = 'refused' | 'unreached' | 'stalled' | 'broken' | 'wrong';

/** True for an answer that goes on from byte `from` of a file of `sizeBytes`; a proxy may have packed it, or have another file. */
function isRest({ status, headers }: Response, from: number, sizeBytes: number): boolean {
  const range = rangeOf(headers);
  return status === 206 && isPlain(headers) && range?.start === from && range.total === sizeBytes;
}

/** How the connection ended that `error` tells of. */
export const hasFound = (error: unknown, kind: Found): boolean =>
  error instanceof AppError && error.detail['kind'] === kind;

type Failed = (found: string, kind?: Found, cause?: unknown) => AppError;

const TRY_AGAIN = 'Check the connection and try again.';
const GO_ON = 'What has come is kept: check the connection and try again, and it goes on from there.';

const NEXT: Readonly<Record<Found, string>> = {
  refused: TRY_AGAIN,
  unreached: TRY_AGAIN,
  wrong: TRY_AGAIN,
  stalled: GO_ON,
  broken: GO_ON,
};

/** One connection, until the part is whole. Throws what `failed` makes of its end; what has come until then is in the part. */
async function fill(
  part: Part,
  url: string,
  { signal, stallMs, onBytes, fetch: load = fetch }: FetchOptions,
  failed: Failed,
): Promise<void> {
  const sizeBytes = part.bytes.length;
  const attention = { signal, stallMs };
  const soFar = (): string => `${part.loadedBytes} of ${sizeBytes} bytes`;
  const stalled = (found: string): AppError => failed(`${found}, at ${soFar()}`, 'stalled');
  function isRestOfPart(answer: Response): boolean {
    const isUseful = isRest(answer, part.loadedBytes, sizeBytes);
    // What is here is void then, even if the whole does not come.
    if (!isUseful) part.loadedBytes = 0;
    return isUseful;
  }
  const { response } = await openRest(load, url, part.loadedBytes, isRestOfPart, attention, (found, cause) =>
    cause === undefined ? stalled(found) : failed('the server was not reached', 'unreached', cause),
  );
  const { ok, status, body } = response;
  if (!ok || body === null) throw failed(`the server answered ${status}`);
  onBytes?.(part.loadedBytes, sizeBytes);
  const broke = (found: string, cause?: unknown): AppError =>
    cause === undefined ? stalled(found) : failed(`${found} after ${soFar()}`, 'broken', cause);
  for await (const piece of piecesOf(body, attention, broke)) {
    if (part.loadedBytes + piece.length > sizeBytes) {
      part.loadedBytes = 0;
      throw failed(`the file is longer than the ${sizeBytes} bytes it should have`, 'wrong');
    }
    part.bytes.set(piece, part.loadedBytes);
    part.loadedBytes += piece.length;
    onBytes?.(part.loadedBytes, sizeBytes);
  }
  if (part.loadedBytes !== sizeBytes) {
    const found = `the file has ${part.loadedBytes} bytes instead of ${sizeBytes}`;
    part.loadedBytes = 0;
    throw failed(found, 'wrong');
  }
}

/** Connection after connection, until the part is whole or the end of one is the person's to hear of. */
async function fillWhole(part: Part, url: string, options: FetchOptions): Promise<void> {
  const { signal } = options;
  const told = { ...options, onBytes: onward(options.onBytes) };
  const failed: Failed = (found, kind = 'refused', cause) =>
    // The hash in the query is for caches.
    new AppError('model/fetch', `${url.replace(/\?.*/, '')} could not be fetched: ${found}. ${NEXT[kind]}`, {
      detail: { url, kind },
      cause,
    });
  for (let connections = 1; ; connections += 1) {
    try {
      await fill(part, url, told, failed);
      return;
    } catch (error) {
      const isBroken = hasFound(error, 'broken') || hasFound(error, 'unreached');
      if (!isBroken || part.loadedBytes === 0 || connections === MOST_CONNECTIONS) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    signal?.throwIfAborted();
  }
}

/**
 * The body of `url`, which must be exactly `sizeBytes` long: the size is known beforehand (a Content-Length may be missing
 * or that of the compressed form), so progress is true and one buffer is enough. What `parts` holds of it is not fetched again, nor is what
 * had come when a connection broke, which is taken up again. Throws model/fetch, also when nothing comes for `stallMs`.
 */
export async function fetchBytes(
  url: string,
  sizeBytes: number,
  options: FetchOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { parts = new Map() } = options;
  const part: Part = parts.get(url) ?? { bytes: new Uint8Array(sizeBytes), loadedBytes: 0 };
  parts.delete(url);
  // A cancel may come between the last piece and the end.
  if (part.loadedBytes === sizeBytes) {
    options.onBytes?.(sizeBytes, sizeBytes);
    return part.bytes;
  }
  try {
    await fillWhole(part, url, options);
    return part.bytes;
  } catch (error) {
    parts.set(url, part);
    throw error;
  }
}
