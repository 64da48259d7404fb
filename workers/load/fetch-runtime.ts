import type { RuntimeFile } from '../ort/runtime-files.ts';
import type { FetchOptions } from './fetch-bytes.ts';
import { fetchChecked } from './fetch-checked.ts';

/** The runtime's bytes, checked: a damaged one fails in its first use with words about memory. Throws model/fetch, model/integrity. */
export async function fetchRuntime(file: RuntimeFile, options: FetchOptions = {}): Promise<ArrayBuffer> {
  const name = new URL(file.url).pathname.split('/').at(-1);
  const { buffer } = await fetchChecked({ title: `The runtime ${name}`, url: file.url, is: file }, options);
  return buffer;
}
