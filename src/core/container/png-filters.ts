import { AppError } from '../errors.ts';

/** Undoes a row's filter into `out` from `to` on; its first `pixelBytes` have nothing to their left. */
type Unfilter = (out: Uint8Array, row: Uint8Array, to: number, pixelBytes: number, up: Uint8Array) => void;

/**
 * PNG specification section 9.2, by the filter's number. `up` is the row above as it was undone, zeros for the first. A loop for each, since one that
 * asks for the filter at every byte took three times as long.
 */
const UNFILTERS: readonly Unfilter[] = [
  (out, row, to) => out.set(row, to),
  (out, row, to, pixelBytes) => {
    out.set(row.subarray(0, pixelBytes), to);
    for (let x = pixelBytes; x < row.length; x++) {
      out[to + x] = (row[x] as number) + (out[to + x - pixelBytes] as number);
    }
  },
  (out, row, to, _, up) => {
    for (let x = 0; x < row.length; x++) out[to + x] = (row[x] as number) + (up[x] as number);
  },
  (out, row, to, pixelBytes, up) => {
    for (let x = 0; x < row.length; x++) {
      const left = x < pixelBytes ? 0 : (out[to + x - pixelBytes] as number);
      out[to + x] = (row[x] as number) + ((left + (up[x] as number)) >> 1);
    }
  },
  (out, row, to, pixelBytes, up) => {
    // Paeth with nothing to the left is the row above.
    for (let x = 0; x < pixelBytes; x++) out[to + x] = (row[x] as number) + (up[x] as number);
    for (let x = pixelBytes; x < row.length; x++) {
      const left = out[to + x - pixelBytes] as number;
      out[to + x] = (row[x] as number) + paeth(left, up[x] as number, up[x - pixelBytes] as number);
    }
  },
];

/** The neighbour nearest to left + up - corner, ties in this order. */
function paeth(left: number, up: number, corner: number): number {
  const toLeft = Math.abs(up - corner);
  const toUp = Math.abs(left - corner);
  const toCorner = Math.abs(left + up - 2 * corner);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

/** Rows of a PNG, each with its filter's number before it -> [height, rowBytes], filters undone. Throws file/malformed for an unknown one. */
export function unfilter(rows: Uint8Array, height: number, rowBytes: number, pixelBytes: number): Uint8Array {
  const out = new Uint8Array(height * rowBytes);
  let up: Uint8Array = new Uint8Array(rowBytes);
  for (let y = 0; y < height; y++) {
    const begin = y * (rowBytes + 1);
    const filter = rows[begin] as number;
    const undo = UNFILTERS[filter];
    if (undo === undefined) {
      throw new AppError(
        'file/malformed',
        `The PNG is damaged: row ${y} has the unknown filter ${filter}; download or save it again.`,
      );
    }
    undo(out, rows.subarray(begin + 1, begin + 1 + rowBytes), y * rowBytes, pixelBytes, up);
    up = out.subarray(y * rowBytes, (y + 1) * rowBytes);
  }
  return out;
}
