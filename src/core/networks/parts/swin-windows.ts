/** Orders of the cells of a height x width grid: entry i of an order is the raster index of the cell at position i. */
export type CellOrder = Int32Array;

/**
 * Cells window after window (both in row-major order), the grid first rolled up and left by `shift` as Swin does:
 * roll and window partition as one list for one Gather.
 */
export function windowOrder(height: number, width: number, window: number, shift: number): CellOrder {
  const order = new Int32Array(height * width);
  let at = 0;
  for (let top = 0; top < height; top += window) {
    for (let left = 0; left < width; left += window) {
      for (let row = 0; row < window; row++) {
        for (let column = 0; column < window; column++) {
          order[at++] = ((top + row + shift) % height) * width + ((left + column + shift) % width);
        }
      }
    }
  }
  return order;
}

/** The indices of the Gather that brings cells standing in order `from` into order `to`. */
export function reorder(from: CellOrder, to: CellOrder): CellOrder {
  const position = new Int32Array(from.length);
  for (const [i, cell] of from.entries()) position[cell] = i;
  return to.map((cell) => position[cell] as number);
}

/** 0, 1, 2, ...: rows after rows. */
export const rasterOrder = (cells: number): CellOrder => Int32Array.from({ length: cells }, (_, i) => i);

/** [heads, T, T] from the table [(2w-1)^2, heads], T = w*w: entry (query, key) is the bias of their offset (Swin, row-major). */
export function relativePositionBias(table: Float32Array, window: number, heads: number): Float32Array {
  const tokens = window * window;
  const bias = new Float32Array(heads * tokens * tokens);
  for (let query = 0; query < tokens; query++) {
    for (let key = 0; key < tokens; key++) {
      const down = Math.floor(query / window) - Math.floor(key / window) + window - 1;
      const right = (query % window) - (key % window) + window - 1;
      const row = (down * (2 * window - 1) + right) * heads;
      for (let head = 0; head < heads; head++) {
        bias[(head * tokens + query) * tokens + key] = table[row + head] as number;
      }
    }
  }
  return bias;
}

/** Swin's stand-in for minus infinity between cells that the roll made neighbours; safe in float16. */
const FAR_APART = -100;

/**
 * The four masks [4, T, T] of shifted windows: inside, at the right edge, at the bottom edge, in the corner. Cells on either
 * side of the roll's seam (window - shift from the edge) must not see each other.
 */
export function shiftMasks(window: number, shift: number): Float32Array {
  const tokens = window * window;
  const masks = new Float32Array(4 * tokens * tokens);
  const side = (at: number): number => (at >= window - shift ? 1 : 0);
  for (let kind = 0; kind < 4; kind++) {
    const region = (token: number): number =>
      (kind & 1 ? side(token % window) : 0) + (kind & 2 ? 2 * side(Math.floor(token / window)) : 0);
    for (let query = 0; query < tokens; query++) {
      for (let key = 0; key < tokens; key++) {
        masks[(kind * tokens + query) * tokens + key] = region(query) === region(key) ? 0 : FAR_APART;
      }
    }
  }
  return masks;
}

/** Which of the four masks each window of the grid needs. */
export const maskKinds = (rows: number, columns: number): Int32Array =>
  Int32Array.from(
    { length: rows * columns },
    (_, i) => (i % columns === columns - 1 ? 1 : 0) + (i >= (rows - 1) * columns ? 2 : 0),
  );

/**
 * Rearranges the rows of a projection [parts * heads * d, K] so that each head has `padded` >= d rows, the added ones zero;
 * scores and results do not change, and the products run on whole vectors of four.
 */
export function padHeadRows(
  rows: Float32Array,
  columns: number,
  groups: number,
  size: number,
  padded: number,
): Float32Array {
  const result = new Float32Array(groups * padded * columns);
  for (let group = 0; group < groups; group++) {
    result.set(rows.subarray(group * size * columns, (group + 1) * size * columns), group * padded * columns);
  }
  return result;
}
