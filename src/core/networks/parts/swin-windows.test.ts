import { describe, expect, test } from 'vitest';
import {
  maskKinds,
  padHeadRows,
  rasterOrder,
  relativePositionBias,
  reorder,
  shiftMasks,
  windowOrder,
} from './swin-windows.ts';

describe('window order', () => {
  test('lists a window row by row, then the next window', () => {
    expect([...windowOrder(2, 4, 2, 0)]).toEqual([0, 1, 4, 5, 2, 3, 6, 7]);
  });

  test('starts a shifted grid inside, and wraps round', () => {
    expect([...windowOrder(2, 2, 2, 1)]).toEqual([3, 2, 1, 0]);
  });

  test('reorder brings any order into any other, and back', () => {
    const [plain, shifted] = [windowOrder(8, 12, 4, 0), windowOrder(8, 12, 4, 2)];
    const there = reorder(plain, shifted);
    expect(there.map((i) => plain[i] ?? -1)).toEqual(shifted);
    const back = reorder(shifted, plain);
    expect(there.map((_, i) => there[back[i] ?? -1] ?? -1)).toEqual(rasterOrder(96));
  });
});

describe('attention constants', () => {
  test('the bias of a pair depends on its offset alone', () => {
    const window = 3;
    const table = Float32Array.from({ length: 25 * 2 }, (_, i) => i);
    const bias = relativePositionBias(table, window, 2);
    const at = (head: number, query: number, key: number): number => bias[(head * 9 + query) * 9 + key] ?? -1;
    expect(at(0, 4, 4)).toBe(24); // offset (0, 0) is the middle row of the table
    expect(at(1, 4, 4)).toBe(25);
    expect(at(0, 0, 1)).toBe(at(0, 4, 5)); // one to the right, anywhere
    expect(at(0, 0, 8)).toBe(0); // two up and two left: the table's first row
  });

  test('a mask parts the cells on either side of the seam, only in windows that have one', () => {
    const masks = shiftMasks(4, 2);
    const at = (kind: number, query: number, key: number): number =>
      masks[(kind * 16 + query) * 16 + key] ?? 1;
    expect(Math.min(...masks.subarray(0, 256))).toBe(0);
    expect(at(1, 0, 1)).toBe(0);
    expect(at(1, 1, 2)).toBe(-100); // columns 1 and 2, seam between
    expect(at(1, 0, 12)).toBe(0); // the same column, other row: no seam at the right edge
    expect(at(2, 0, 12)).toBe(-100);
    expect(at(3, 5, 10)).toBe(-100);
  });

  test('the last column, the last row and the corner of windows have seams', () => {
    expect([...maskKinds(2, 3)]).toEqual([0, 0, 1, 2, 2, 3]);
  });

  test('padded heads keep their rows and gain zeros', () => {
    expect([...padHeadRows(Float32Array.of(1, 2, 3, 4), 1, 2, 2, 3)]).toEqual([1, 2, 0, 3, 4, 0]);
  });
});
