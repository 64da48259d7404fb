import { AppError } from '../../src/core/errors.ts';
import { STALL_MS } from '../../src/core/fetch-body.ts';
import { within } from '../../src/core/within.ts';

/** `loaded` never falls and ends at `total`; `total` never changes. */
export type OnBytes = (loaded: number, total: number) => void;

/** What has come of a file so far. */
interface Part {
  readonly bytes: Uint8Array<ArrayBuffer>;
  loadedBytes: number;
}

/** Parts of files by address: where a try fails, the next goes on from what is here. Held in memory, so only as long as their worker. */
export type Parts = Map<string, Part>;

export interface FetchOptions {
  readonly signal?: AbortSignal;
  readonly onBytes?: OnBytes;
  readonly fetch?: typeof fetch;
  readonly parts?: Parts;
  readonly stallMs?: number;
}

/** True for an answer that goes on from byte `from` of a file of `sizeBytes`; a proxy may have packed it, or have another file. */
function isRest({ status, headers }: Response, from: number, sizeBytes: number): boolean {
  const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers.get('content-range') ?? '');
  const isPlain = (headers.get('content-encoding') ?? 'identity') === 'identity';
  return status === 206 && isPlain && Number(range?.[1]) === from && Number(range?.[2]) === sizeBytes;
}

/**
 * The body of `url`, which must be exactly `sizeBytes` long: the size is known beforehand (a Content-Length may be missing
 * or that of the compressed form), so progress is true and one buffer is enough. What `parts` holds of it is not fetched again.
 * Throws model/fetch, also when nothing comes for `stallMs`.
 */
export async function fetchBytes(
  url: string,
  sizeBytes: number,
  options: FetchOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { signal, onBytes, fetch: load = fetch, parts = new Map(), stallMs = STALL_MS } = options;
  const failed = (
    found: string,
    next = 'Check the connection and try again.',
    cause?: unknown,
    isStalled = false,
  ): AppError =>
    // The hash in the query is for caches.
    new AppError('model/fetch', `${url.replace(/\?.*/, '')} could not be fetched: ${found}. ${next}`, {
      detail: { url, isStalled },
      cause,
    });
  const goesOn = 'What has come is kept: check the connection and try again, and it goes on from there.';

  const stalled = new AbortController();
  const step = <R>(work: Promise<R>, broke: (cause: unknown) => AppError): Promise<R> =>
    within(work, stallMs, () => {
      stalled.abort();
      const found = `nothing has come for ${stallMs / 1000} s, at ${part.loadedBytes} of ${sizeBytes} bytes`;
      throw failed(found, goesOn, undefined, true);
    }).catch((cause: unknown) => {
      if (cause instanceof AppError) throw cause;
      signal?.throwIfAborted();
      throw broke(cause);
    });
  const open = (from: number): Promise<Response> =>
    step(
      load(url, {
        signal: signal === undefined ? stalled.signal : AbortSignal.any([signal, stalled.signal]),
        ...(from > 0 && { headers: { Range: `bytes=${from}-` } }),
      }),
      (cause) => failed('the server was not reached', undefined, cause),
    );

  const part: Part = parts.get(url) ?? { bytes: new Uint8Array(sizeBytes), loadedBytes: 0 };
  parts.set(url, part);
  let response = await open(part.loadedBytes);
  if (part.loadedBytes > 0 && !isRest(response, part.loadedBytes, sizeBytes)) {
    part.loadedBytes = 0;
    // A 200 is the whole file and is used; a range of another one, or none (416), is not.
    if (response.status !== 200) {
      await response.body?.cancel();
      response = await open(0);
    }
  }
  if (!response.ok || response.body === null) throw failed(`the server answered ${response.status}`);
  onBytes?.(part.loadedBytes, sizeBytes);
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await step(reader.read(), (cause) =>
      failed(`the connection broke after ${part.loadedBytes} of ${sizeBytes} bytes`, goesOn, cause),
    );
    signal?.throwIfAborted();
    if (done) break;
    if (part.loadedBytes + value.length > sizeBytes) {
      await reader.cancel();
      parts.delete(url);
      throw failed(`the file is longer than the ${sizeBytes} bytes it should have`);
    }
    part.bytes.set(value, part.loadedBytes);
    part.loadedBytes += value.length;
    onBytes?.(part.loadedBytes, sizeBytes);
  }
  if (part.loadedBytes !== sizeBytes) {
    throw failed(`the file has ${part.loadedBytes} bytes instead of ${sizeBytes}`);
  }
  parts.delete(url);
  return part.bytes;
}
