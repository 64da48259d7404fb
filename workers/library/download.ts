import { AppError } from '../../src/core/errors.ts';
import {
  answerOf,
  isPlain,
  lengthOf,
  letGo,
  piecesOf,
  rangeOf,
  restFrom,
} from '../../src/core/fetch-body.ts';
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

/** An answer whose body begins at byte `from` of the file. */
interface Opened {
  readonly response: Response;
  readonly from: number;
  readonly totalBytes: number;
}

/** Asks for the rest of a file where some is at hand, and for all of it where the server gives no ranges of the very same file. */
async function openRest({ url, have, fetch, signal }: DownloadRequest, failed: Failed): Promise<Opened> {
  function open(from: number): Promise<Response> {
    return answerOf(fetch, url, { signal, ...(from > 0 && restFrom(from)) }, (found, cause) =>
      failed(
        found,
        cause === undefined
          ? 'Check the connection and fetch it again.'
          : 'Download it and drop the file here.',
        cause,
      ),
    );
  }
  const from = have?.bytes ?? 0;
  const response = await open(from);
  const range = rangeOf(response.headers);
  const etag = response.headers.get('etag');
  const known = have?.state;
  const isSameFile =
    response.status === 206 &&
    isPlain(response.headers) &&
    (range === null || (range.start === from && (!known?.totalBytes || range.total === known.totalBytes))) &&
    (etag === null || known?.etag == null || etag === known.etag);
  if (from > 0 && isSameFile) {
    const rest = lengthOf(response.headers);
    return { response, from, totalBytes: range?.total ?? (rest > 0 ? from + rest : 0) };
  }
  // A 200 is the whole file and is used; a range of another file, or none (416), is not.
  const isWhole = from === 0 || response.status === 200;
  if (!isWhole) letGo(response.body);
  const whole = isWhole ? response : await open(0);
  return { response: whole, from: 0, totalBytes: lengthOf(whole.headers) };
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
  const { url, name, signal, onBytes, onStart, onChunk } = request;
  const failed: Failed = (found, advice, cause) =>
    new AppError('model/fetch', `${name} could not be fetched: ${found}. ${advice}`, {
      detail: { url },
      cause,
    });
  const { response, from, totalBytes } = await openRest(request, failed);
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
