import { sha256Of } from '../../src/core/digest.ts';
import { AppError } from '../../src/core/errors.ts';
import { type FetchOptions, fetchBytes, hasFound, onward } from './fetch-bytes.ts';
import type { StoredFile } from './stored-file.ts';

/** What the bytes at an address must be. */
export interface Released {
  /** For people; a sentence begins with it. */
  readonly title: string;
  readonly url: string;
  readonly is: Pick<StoredFile, 'sizeBytes' | 'sha256'>;
}

/**
 * The bytes of a file, checked. What browser, proxy or offline copy kept, or what several connections gave piece by piece, is fetched anew if it is
 * wrong: once, as a whole, past all that keeps. Throws model/fetch, or model/integrity for a damaged original.
 */
export async function fetchChecked(file: Released, options: FetchOptions): Promise<Uint8Array<ArrayBuffer>> {
  const { fetch: load = fetch } = options;
  const told = { ...options, onBytes: onward(options.onBytes) };
  const afresh: typeof fetch = (input, init) => load(input, { ...init, cache: 'reload' });
  try {
    return await fetchOnce(file, told);
  } catch (error) {
    if (!hasFound(error, 'wrong')) throw error;
    return fetchOnce(file, { ...told, fetch: afresh });
  }
}

async function fetchOnce(
  { title, url, is: { sizeBytes, sha256 } }: Released,
  options: FetchOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await fetchBytes(url, sizeBytes, options);
  const found = await sha256Of(bytes);
  if (found === sha256) return bytes;
  throw new AppError(
    'model/integrity',
    `${title} is not the file that was released: its SHA-256 begins with ${found.slice(0, 8)} instead of ${sha256.slice(0, 8)}. Reload the page in a minute; if that does not help, the site's copy is damaged.`,
    { detail: { file: url, expected: sha256, found, kind: 'wrong' } },
  );
}
