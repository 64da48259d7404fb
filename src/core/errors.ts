/** Every failure the product knows, grouped by the part that owns it. */
export type ErrorCode =
  | 'file/unreadable'
  | 'file/unknown-format'
  | 'file/truncated'
  | 'file/malformed'
  | 'file/unsafe'
  | 'file/too-large'
  | 'file/unsupported'
  | 'latent/not-a-latent'
  | 'latent/ambiguous'
  | 'latent/shape'
  | 'latent/empty'
  | 'model/manifest'
  | 'model/fetch'
  | 'model/integrity'
  | 'model/unrecognised'
  | 'model/shape'
  | 'model/missing'
  | 'model/mismatch'
  | 'model/storage'
  | 'gpu/unavailable'
  | 'gpu/lost'
  | 'gpu/out-of-memory'
  | 'gpu/self-test'
  | 'engine/build'
  | 'engine/run'
  | 'engine/not-loaded'
  | 'engine/crashed'
  | 'engine/timeout'
  | 'engine/out-of-memory'
  | 'engine/disposed';

/** No sentence of ours is longer; what is has a file's own names in it, which may have millions of characters. */
const MAX_MESSAGE_CHARS = 1000;
const KEPT_HEAD_CHARS = 700;
const KEPT_TAIL_CHARS = 250;

/** A cut between the two halves of one letter would leave half a letter. */
const HALF_AT_END = /[\ud800-\udbff]$/;
const HALF_AT_START = /^[\udc00-\udfff]/;

/** Head and tail of a sentence that is too long: what was found stands first, what to do last. */
const clipped = (message: string): string =>
  message.length <= MAX_MESSAGE_CHARS
    ? message
    : `${message.slice(0, KEPT_HEAD_CHARS).replace(HALF_AT_END, '')} … ${message.slice(-KEPT_TAIL_CHARS).replace(HALF_AT_START, '')}`;

/**
 * The one error class of ours. `message` is a sentence for a person: what was found, what was expected, what to do; foreign text that
 * makes it too long is cut in its middle. `detail` holds plain data (it crosses the worker boundary). Cancelling is not an AppError but an AbortError.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly detail: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    options: { readonly detail?: Readonly<Record<string, unknown>>; readonly cause?: unknown } = {},
  ) {
    super(clipped(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.detail = options.detail ?? {};
  }
}

/** True for the rejection that follows an abort, on either side of the worker boundary. */
export const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';
