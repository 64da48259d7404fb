import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { AppError } from '../errors.ts';
import { crc32 } from './crc32.ts';
import { unfilter } from './png-filters.ts';
import { readPng8 } from './png8.ts';
import { leastComputingMs } from './testing/computing-time.ts';

function chunk(type: string, data: Uint8Array): Uint8Array {
  const typed = Uint8Array.from([...type].map((c) => c.charCodeAt(0)).concat([...data]));
  const out = new Uint8Array(typed.length + 8);
  const view = new DataView(out.buffer);
  view.setUint32(0, data.length);
  out.set(typed, 4);
  view.setUint32(typed.length + 4, crc32(typed));
  return out;
}
function header(width: number, height: number, rest = [8, 6, 0, 0, 0]): Uint8Array {
  const data = new Uint8Array(13);
  const view = new DataView(data.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  data.set(rest, 8);
  return chunk('IHDR', data);
}
const png = (...chunks: Uint8Array[]): Uint8Array =>
  Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...chunks.flatMap((c) => [...c])]);
const end = chunk('IEND', new Uint8Array(0));
const rows2x2 = (filter: number): Uint8Array =>
  Uint8Array.from([filter, 1, 2, 3, 4, 5, 6, 7, 8, filter, 1, 1, 1, 1, 2, 2, 2, 2]);
const image = (rows: Uint8Array): Uint8Array => chunk('IDAT', deflateSync(rows));
function code(bytes: Uint8Array): string {
  try {
    readPng8(bytes);
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('readPng8', () => {
  it('undoes each filter (values by hand from the specification)', () => {
    const read = (filter: number): number[] => [
      ...(readPng8(png(header(2, 2), image(rows2x2(filter)), end)).tensors.get('')?.bytes ?? []),
    ];
    expect(read(0)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 1, 1, 1, 1, 2, 2, 2, 2]);
    expect(read(1)).toEqual([1, 2, 3, 4, 6, 8, 10, 12, 1, 1, 1, 1, 3, 3, 3, 3]);
    expect(read(2)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 2, 3, 4, 5, 7, 8, 9, 10]);
    expect(read(3)).toEqual([1, 2, 3, 4, 5, 7, 8, 10, 1, 2, 2, 3, 5, 6, 7, 8]);
    expect(read(4)).toEqual([1, 2, 3, 4, 6, 8, 10, 12, 2, 3, 4, 5, 8, 10, 12, 14]);
  });

  it('joins pixels split over several chunks', () => {
    const packed = deflateSync(rows2x2(0));
    const split = png(
      header(2, 2),
      chunk('IDAT', packed.subarray(0, 5)),
      chunk('IDAT', packed.subarray(5)),
      end,
    );
    expect(code(split)).toBe('accepted');
  });

  const good = png(header(2, 2), image(rows2x2(0)), end);
  const flipped = good.slice();
  flipped[45] = (flipped[45] as number) ^ 1;
  const cases: [string, Uint8Array, string][] = [
    ['sound', good, 'accepted'],
    ['cut', good.subarray(0, -5), 'file/truncated'],
    ['padded', Uint8Array.from([...good, 0]), 'file/malformed'],
    ['with a flipped byte', flipped, 'file/malformed'],
    ['with too few rows', png(header(2, 3), image(rows2x2(0)), end), 'file/malformed'],
    ['with too many rows', png(header(2, 1), image(rows2x2(0)), end), 'file/malformed'],
    ['with filter 5', png(header(2, 2), image(rows2x2(5)), end), 'file/malformed'],
    ['of no width', png(header(0, 2), image(rows2x2(0)), end), 'file/malformed'],
    [
      'that claims 2^31 pixels a side',
      png(header(0x7fffffff, 0x7fffffff), image(rows2x2(0)), end),
      'file/malformed',
    ],
    ['without pixels', png(header(2, 2), end), 'file/malformed'],
    ['without a header', png(image(rows2x2(0)), end), 'file/malformed'],
    ['of 16 bits', png(header(2, 2, [16, 6, 0, 0, 0]), image(rows2x2(0)), end), 'file/unsupported'],
    ['with a palette', png(header(2, 2, [8, 3, 0, 0, 0]), image(rows2x2(0)), end), 'file/unsupported'],
    ['interlaced', png(header(2, 2, [8, 6, 0, 0, 1]), image(rows2x2(0)), end), 'file/unsupported'],
  ];
  it.each(cases)('judges a file %s', (_, bytes, verdict) => {
    expect(code(bytes)).toBe(verdict);
  });
});

describe('rows of a PNG', () => {
  it('without a filter cost no more than two checksums of them', () => {
    const [height, rowBytes] = [2000, 12_000];
    const rows = new Uint8Array(height * (1 + rowBytes));
    // With one loop that asked for the filter at every byte they cost seven checksums.
    expect(leastComputingMs(() => unfilter(rows, height, rowBytes, 3))).toBeLessThan(
      2 * leastComputingMs(() => crc32(rows)),
    );
  });
});
