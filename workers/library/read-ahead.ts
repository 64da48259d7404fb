import type { SlicedFile } from './sliced-file.ts';

/** Read at once where less is asked for: each reading is a trip to the browser's own process, and a network has hundreds of tensors. */
const BLOCK_BYTES = 2 ** 21;
const MOST_BLOCKS = 4;

const soon = (work: () => void): void => void setTimeout(work, 0);

/**
 * `file` read in blocks, which are kept as long as a graph is being built: that takes one turn of the worker's loop, and `later` runs
 * behind it.
 */
export function readAhead(file: SlicedFile, later: (work: () => void) => void = soon): SlicedFile {
  /** By number, the oldest first. */
  const blocks = new Map<number, Uint8Array<ArrayBuffer>>();

  function block(number: number): Uint8Array<ArrayBuffer> {
    const known = blocks.get(number);
    if (known !== undefined) return known;
    const begin = number * BLOCK_BYTES;
    const bytes = file.read(begin, Math.min(begin + BLOCK_BYTES, file.size));
    if (blocks.size === 0) later(() => blocks.clear());
    const [oldest] = blocks.keys();
    if (oldest !== undefined && blocks.size >= MOST_BLOCKS) blocks.delete(oldest);
    blocks.set(number, bytes);
    return bytes;
  }

  return {
    size: file.size,
    read(begin, end) {
      if (end - begin >= BLOCK_BYTES) return file.read(begin, end);
      const result = new Uint8Array(end - begin);
      for (let at = begin; at < end; ) {
        const number = Math.floor(at / BLOCK_BYTES);
        const from = at - number * BLOCK_BYTES;
        const piece = block(number).subarray(from, from + end - at);
        if (piece.length === 0) break;
        result.set(piece, at - begin);
        at += piece.length;
      }
      return result;
    },
  };
}
