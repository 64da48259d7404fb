import { AppError } from '../errors.ts';

/**
 * What one small file may grow to in memory (inflated or gathered copies): 128 MiB is a 16-channel float32 latent of an
 * 11,500-pixel square, far past what a browser can decode, and small enough to refuse a zip bomb in good time.
 */
export const MAX_GROWN_BYTES = 128 * 2 ** 20;

/** A running limit on copies made while one file is read; views on the file cost nothing. */
export class ByteBudget {
  private readonly total: number;
  private left: number;

  constructor(total: number = MAX_GROWN_BYTES) {
    this.total = total;
    this.left = total;
  }

  /** Throws what `reserve` would, and reserves nothing. */
  check(bytes: number, what: string): void {
    this.reserve(bytes, what);
    this.left += bytes;
  }

  /** Throws file/too-large where `bytes` more would pass the limit; call before allocating. */
  reserve(bytes: number, what: string): void {
    if (!(bytes <= this.left)) {
      throw new AppError(
        'file/too-large',
        `${what} would need ${bytes} bytes in memory, more than the ${this.total} allowed for one file; save it smaller or uncompressed.`,
        { detail: { bytes, limit: this.total } },
      );
    }
    this.left -= bytes;
  }
}
