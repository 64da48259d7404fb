import { AppError } from '../../src/core/errors.ts';
import { isPlain, lengthOf, letGo, openRest, piecesOf, rangeOf } from '../../src/core/fetch-body.ts';
import type { OnBytes } from '../load/fetch-bytes.ts';

/** What is known of a download that was begun before. */
export interface DownloadState {
  readonly totalBytes: number;
  /** The server's mark of the file's version; null where it gives none or hides it from other sites (CORS). */
  readonly etag: string | null;
}

export interface DownloadRequest {
  readonly url: string;
  readonly name: string;
  /** Bytes at hand already, and what was known of the file then. */
  readonly have: { readonly bytes: number; readonly state: DownloadState } | null;
  readonly fetch: typeof fetch;
  readonly signal: AbortSignal;
  readonly onBytes: OnBytes;
  /** Told before the first byte; `isResumed` false means that what was at hand is void. */
  readonly onStart: (state: DownloadState, isResumed: boolean) => Promise<void>;
  readonly onChunk: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>;
}

type Failed = (found: string, advice: string, cause?: unknown) => AppError;

/** True for an answer that goes on from the bytes at hand, as far as it tells: of the same size and mark, and not packed on its way. */
function isRest(
  { status, headers }: Response,
  { bytes, state }: NonNullable<DownloadRequest['have']>,
): boolean {
  const range = rangeOf(headers);
  const etag = headers.get('etag');
  return (
    status === 206 &&
    isPlain(headers) &&
    (range === null || (range.start === bytes && (!state.totalBytes || range.total === state.totalBytes))) &&
    (etag === null || state.etag === null || etag === state.etag)
  );
}

/** How many bytes the whole file has, of which an answer gives what begins at `from`; 0 where that is not told. */
function totalOf({ headers }: Response, from: number): number {
  const length = lengthOf(headers);
  return (from > 0 ? rangeOf(headers)?.total : undefined) ?? (length > 0 ? from + length : 0);
}

/** The body of an answer that is a file; refuses everything else in a sentence. */
async function bodyOf({ ok, status, body, headers }: Response, failed: Failed) {
  if (!ok || body === null) {
    throw failed(
      `the server answered ${status}`,
      status === 401 || status === 403
        ? 'The file is behind a login or a licence to be accepted on its page: download it there and drop it here.'
        : 'Check the address.',
    );
  }
  if (!/^text\/html/i.test(headers.get('content-type') ?? '')) return body;
  letGo(body);
  throw failed('the address gives a web page', 'Use the address of the file itself.');
}

/**
 * Fetches `url` piece by piece, and only the rest where some is at hand and the server can give ranges of the very same file.
 * Rejects with model/fetch, or the signal's reason; the pieces given so far are good.
 */
export async function download(request: DownloadRequest): Promise<void> {
  const { url, name, have, fetch: load, signal, onBytes, onStart, onChunk } = request;
  const failed: Failed = (found, advice, cause) =>
    new AppError('model/fetch', `${name} could not be fetched: ${found}. ${advice}`, {
      detail: { url },
      cause,
    });
  const { response, from } = await openRest(
    load,
    url,
    have?.bytes ?? 0,
    (answer) => have !== null && isRest(answer, have),
    { signal },
    (found, cause) =>
      failed(
        found,
        cause === undefined
          ? 'Check the connection and fetch it again.'
          : 'Download it and drop the file here.',
        cause,
      ),
  );
  const totalBytes = totalOf(response, from);
  const body = await bodyOf(response, failed);
  await onStart({ totalBytes, etag: response.headers.get('etag') }, from > 0);
  let loaded = from;
  onBytes(loaded, totalBytes);
  const broke = (found: string, cause?: unknown): AppError =>
    failed(
      `${found} after ${(loaded / 1e6).toFixed(1)} MB${totalBytes > 0 ? ` of ${(totalBytes / 1e6).toFixed(1)} MB` : ''}`,
      'What has come is kept: fetch it again to go on from there.',
      cause,
    );
  for await (const piece of piecesOf(body, { signal }, broke)) {
    await onChunk(piece);
    loaded += piece.length;
    onBytes(totalBytes > 0 ? Math.min(loaded, totalBytes) : loaded, totalBytes);
  }
  if (loaded < totalBytes) throw broke('the connection broke');
}
