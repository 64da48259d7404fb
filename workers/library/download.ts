import { AppError } from '../../src/core/errors.ts';
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

/** "bytes 100-999/1000" -> [100, 1000]; null where it is hidden or of another form. */
function parseContentRange(text: string | null): { start: number; total: number } | null {
  const match = /^bytes (\d+)-\d+\/(\d+)$/.exec(text ?? '');
  return match === null ? null : { start: Number(match[1]), total: Number(match[2]) };
}

/** A compressed body's length is not the file's. */
function lengthOf(headers: Headers): number {
  const encoding = headers.get('content-encoding') ?? 'identity';
  return encoding === 'identity' ? Number(headers.get('content-length') ?? 0) || 0 : 0;
}

/**
 * Fetches `url` piece by piece, and only the rest where some is at hand and the server can give ranges of the very same file.
 * Rejects with model/fetch, or the signal's reason; the pieces given so far are good.
 */
export async function download(request: DownloadRequest): Promise<void> {
  const { url, name, have, signal, onBytes, onStart, onChunk } = request;
  const failed = (found: string, advice: string, cause?: unknown): AppError =>
    new AppError('model/fetch', `${name} could not be fetched: ${found}. ${advice}`, {
      detail: { url },
      cause,
    });
  const open = (from: number): Promise<Response> =>
    request
      .fetch(url, from > 0 ? { signal, headers: { Range: `bytes=${from}-` } } : { signal })
      .catch((cause: unknown) => {
        signal.throwIfAborted();
        throw failed(
          'the network failed, or its server does not let other pages read it (CORS)',
          'Download it and drop the file here.',
          cause,
        );
      });

  let from = have?.bytes ?? 0;
  let response = await open(from);
  const range = parseContentRange(response.headers.get('content-range'));
  const etag = response.headers.get('etag');
  const known = have?.state;
  const isSameFile =
    response.status === 206 &&
    (range === null || (range.start === from && (!known?.totalBytes || range.total === known.totalBytes))) &&
    (etag === null || known?.etag == null || etag === known.etag);
  if (from > 0 && !isSameFile) {
    // A 200 is the whole file and is used; a range of another file, or none (416), is not.
    if (response.status !== 200) {
      await response.body?.cancel();
      response = await open(0);
    }
    from = 0;
  }
  if (!response.ok || response.body === null) {
    const { status } = response;
    throw failed(
      `the server answered ${status}`,
      status === 401 || status === 403
        ? 'The file is behind a login or a licence to be accepted on its page: download it there and drop it here.'
        : 'Check the address.',
    );
  }
  if (/^text\/html/i.test(response.headers.get('content-type') ?? '')) {
    await response.body.cancel();
    throw failed('the address gives a web page', 'Use the address of the file itself.');
  }

  const rest = lengthOf(response.headers);
  const totalBytes = range !== null && from > 0 ? range.total : rest > 0 ? from + rest : 0;
  await onStart({ totalBytes, etag: response.headers.get('etag') }, from > 0);
  let loaded = from;
  onBytes(loaded, totalBytes);
  const reader = response.body.getReader();
  const broke = (cause?: unknown): AppError =>
    failed(
      `the connection broke after ${(loaded / 1e6).toFixed(1)} MB${totalBytes > 0 ? ` of ${(totalBytes / 1e6).toFixed(1)} MB` : ''}`,
      'What has come is kept: fetch it again to go on from there.',
      cause,
    );
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        signal.throwIfAborted();
        throw broke(cause);
      });
      signal.throwIfAborted();
      if (done) break;
      await onChunk(value);
      loaded += value.length;
      onBytes(totalBytes > 0 ? Math.min(loaded, totalBytes) : loaded, totalBytes);
    }
  } finally {
    reader.cancel().catch(() => {});
  }
  if (loaded < totalBytes) throw broke();
}
