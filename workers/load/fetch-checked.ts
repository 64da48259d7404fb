import { sha256Of } from '../../src/core/digest.ts';
import { AppError } from '../../src/core/errors.ts';
import { type FetchOptions, fetchBytes, onward } from './fetch-bytes.ts';
import type { StoredFile } from './stored-file.ts';

/** What the bytes at an address must be. */
export interface Released {
  readonly url: string;
  readonly is: Pick<StoredFile, 'sizeBytes' | 'sha256'>;
}

/** What to say of a file whose SHA-256 begins with `found` instead of `expected`. */
type Differs = (found: string, expected: string) => string;

/**
 * The bytes of a file, checked. What browser, proxy or offline copy kept, or what several connections gave piece by piece, is fetched anew if it is
 * wrong: once, as a whole, past all that keeps. Throws model/fetch, or model/integrity for a damaged original.
 */
export async function fetchChecked(
  file: Released,
  options: FetchOptions,
  differs: Differs,
): Promise<Uint8Array<ArrayBuffer>> {
  const { fetch: load = fetch } = options;
  const told = { ...options, onBytes: onward(options.onBytes) };
  const afresh: typeof fetch = (input, init) => load(input, { ...init, cache: 'reload' });
  try {
    return await fetchOnce(file, told, differs);
  } catch (error) {
    if (!(error instanceof AppError) || error.detail['isWrong'] !== true) throw error;
    return fetchOnce(file, { ...told, fetch: afresh }, differs);
  }
}

async function fetchOnce(
  { url, is: { sizeBytes, sha256 } }: Released,
  options: FetchOptions,
  differs: Differs,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await fetchBytes(url, sizeBytes, options);
  const found = await sha256Of(bytes);
  if (found === sha256) return bytes;
  throw new AppError('model/integrity', differs(found.slice(0, 8), sha256.slice(0, 8)), {
    detail: { file: url, expected: sha256, found, isWrong: true },
  });
}
