import { sha256Of } from '../../src/core/digest.ts';
import { AppError, isAbort } from '../../src/core/errors.ts';
import type { RuntimeFile } from '../ort/runtime-files.ts';
import { type FetchOptions, fetchBytes, onward } from './fetch-bytes.ts';

/**
 * The runtime's bytes, checked: a damaged one fails in its first use with words about memory. What the browser or the
 * offline copy kept is fetched anew, once, if it is wrong; a connection that has stalled once is left to the person. Throws model/fetch, or model/integrity for a damaged original.
 */
export async function fetchRuntime(file: RuntimeFile, options: FetchOptions = {}): Promise<ArrayBuffer> {
  const { fetch: load = fetch, onBytes } = options;
  const checked = { ...options, onBytes: onward(onBytes) };
  const afresh: typeof fetch = (input, init) => load(input, { ...init, cache: 'reload' });
  try {
    return await fetchChecked(file, checked);
  } catch (error) {
    if (isAbort(error) || (error instanceof AppError && error.detail['isStalled'] === true)) throw error;
    return fetchChecked(file, { ...checked, fetch: afresh });
  }
}

async function fetchChecked(
  { url, sizeBytes, sha256 }: RuntimeFile,
  options: FetchOptions,
): Promise<ArrayBuffer> {
  const { buffer } = await fetchBytes(url, sizeBytes, options);
  const found = await sha256Of(buffer);
  if (found === sha256) return buffer;
  const name = new URL(url).pathname.split('/').at(-1);
  throw new AppError(
    'model/integrity',
    `The runtime ${name} is not the file that was released: its SHA-256 begins with ${found.slice(0, 8)} instead of ${sha256.slice(0, 8)}. Reload the page in a minute; if that does not help, the site's copy is damaged.`,
    { detail: { file: url, expected: sha256, found } },
  );
}
