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
  | 'engine/out-of-memory'
  | 'engine/disposed';

/**
 * The one error class of ours. `message` is a sentence for a person: what was found, what was expected, what to do.
 * `detail` holds plain data (it crosses the worker boundary). Cancelling is not an AppError but an AbortError.
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
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.detail = options.detail ?? {};
  }
}

/** True for the rejection that follows an abort, on either side of the worker boundary. */
export const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';
