import { Inflate } from 'fflate';
import { AppError } from '../errors.ts';
import type { ByteBudget } from './byte-budget.ts';

/** DEFLATE cannot expand by more (zlib.net/zlib_tech.html, "Maximum Compression Factor"): a larger claim is a lie. */
export const MAX_RATIO = 1032;

/** Compressed bytes fed at once: bounds what one step can inflate past the claimed size to 16 MB. Steps of 4 KB measured 1.6 times slower. */
const STEP_BYTES = 16_384;

/** Compressed bytes fed at once for a beginning alone: bounds what it may inflate to 1 MB. */
const START_STEP_BYTES = 1024;

/** At least the first `count` bytes that a raw DEFLATE stream holds, or all of them where it holds fewer. Throws file/malformed. */
export function inflateStart(packed: Uint8Array, count: number, what: string): Uint8Array {
  const chunks: Uint8Array[] = [];
  let filled = 0;
  const stream = new Inflate((chunk) => {
    chunks.push(chunk);
    filled += chunk.length;
  });
  try {
    for (let at = 0; at < packed.length && filled < count; at += START_STEP_BYTES) {
      const end = Math.min(at + START_STEP_BYTES, packed.length);
      stream.push(packed.subarray(at, end), end === packed.length);
    }
  } catch (cause) {
    throw unsound(what, cause);
  }
  const out = new Uint8Array(filled);
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
}

const unsound = (what: string, cause: unknown): AppError =>
  new AppError('file/malformed', `${what} is no sound DEFLATE stream; download the file again.`, { cause });

/**
 * Exactly `size` bytes out of a raw DEFLATE stream. The output is allocated after the claim is checked against the budget and
 * the possible ratio; inflation stops as soon as it passes the claim. Throws file/too-large or file/malformed.
 */
export function inflate(packed: Uint8Array, size: number, budget: ByteBudget, what: string): Uint8Array {
  if (size > packed.length * MAX_RATIO) {
    throw new AppError(
      'file/malformed',
      `${what} claims ${size} bytes out of ${packed.length} compressed ones, more than DEFLATE can hold; the file is damaged.`,
    );
  }
  budget.reserve(size, what);
  const out = new Uint8Array(size);
  let filled = 0;
  let isDone = false;
  const wrongSize = (found: string): AppError =>
    new AppError(
      'file/malformed',
      `${what} inflates to ${found} than the ${size} bytes it claims; the file is damaged.`,
    );
  function append(chunk: Uint8Array, isFinal: boolean): void {
    if (filled + chunk.length > size) throw wrongSize('more');
    out.set(chunk, filled);
    filled += chunk.length;
    isDone ||= isFinal;
  }
  const stream = new Inflate(append);
  try {
    for (let at = 0; at < packed.length; at += STEP_BYTES) {
      const end = Math.min(at + STEP_BYTES, packed.length);
      stream.push(packed.subarray(at, end), end === packed.length);
    }
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw unsound(what, cause);
  }
  if (!isDone || filled !== size) throw wrongSize('less');
  return out;
}
