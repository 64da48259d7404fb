import type { SlicedFile } from '../library/sliced-file.ts';

/** A blob read once into memory, for Node, which has no reader that does not wait. */
export async function sliceInMemory(blob: Blob): Promise<SlicedFile> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  return { size: bytes.length, read: (begin, end) => bytes.slice(begin, end) };
}
