import type { RuntimeFile } from '../ort/runtime-files.ts';
import type { FetchOptions } from './fetch-bytes.ts';
import { fetchChecked } from './fetch-checked.ts';

/** The runtime's bytes, checked: a damaged one fails in its first use with words about memory. Throws model/fetch, model/integrity. */
export async function fetchRuntime(file: RuntimeFile, options: FetchOptions = {}): Promise<ArrayBuffer> {
  const name = new URL(file.url).pathname.split('/').at(-1);
  const { buffer } = await fetchChecked(
    { url: file.url, is: file },
    options,
    (found, expected) =>
      `The runtime ${name} is not the file that was released: its SHA-256 begins with ${found} instead of ${expected}. Reload the page in a minute; if that does not help, the site's copy is damaged.`,
  );
  return buffer;
}
