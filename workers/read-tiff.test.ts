import { zlibSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { readTiff } from './read-tiff.ts';

interface Fields {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly samples: number;
  /** 1 none, 8 deflate. */
  readonly compression?: number;
  /** 0 white is zero, 1 black is zero, 2 RGB, 3 palette. */
  readonly photometric: number;
  readonly pixels: Uint8Array;
  readonly more?: readonly (readonly [tag: number, type: 3 | 4, value: number])[];
}

/** A little-endian TIFF of one strip. */
function tiffOf({ width, height, bits, samples, compression = 1, photometric, pixels, more = [] }: Fields) {
  const strip = compression === 8 ? zlibSync(pixels) : pixels;
  const entries: (readonly [number, 3 | 4, number])[] = [
    [256, 4, width],
    [257, 4, height],
    [258, 3, bits],
    [259, 3, compression],
    [262, 3, photometric],
    [273, 4, 8],
    [277, 3, samples],
    [278, 4, height],
    [279, 4, strip.length],
    ...more,
  ];
  const start = 8 + strip.length + (strip.length % 2);
  const view = new DataView(new ArrayBuffer(start + 2 + 12 * entries.length + 4));
  new Uint8Array(view.buffer).set([0x49, 0x49, 42, 0]);
  view.setUint32(4, start, true);
  new Uint8Array(view.buffer).set(strip, 8);
  view.setUint16(start, entries.length, true);
  entries
    .toSorted(([a], [b]) => a - b)
    .forEach(([tag, type, value], i) => {
      const at = start + 2 + 12 * i;
      view.setUint16(at, tag, true);
      view.setUint16(at + 2, type, true);
      view.setUint32(at + 4, 1, true);
      if (type === 3) view.setUint16(at + 8, value, true);
      else view.setUint32(at + 8, value, true);
    });
  return view.buffer;
}

const two = { width: 2, height: 1 } as const;

describe('a TIFF picture', () => {
  it('in 8-bit RGB is read as it is, compressed or not', () => {
    const pixels = Uint8Array.of(255, 0, 10, 20, 30, 40);
    const fields = { ...two, bits: 8, samples: 3, photometric: 2, pixels };
    const expected = { width: 2, height: 1, data: Uint8ClampedArray.of(255, 0, 10, 255, 20, 30, 40, 255) };
    expect(readTiff(tiffOf(fields))).toEqual(expected);
    expect(readTiff(tiffOf({ ...fields, compression: 8 }))).toEqual(expected);
  });

  it('in 16-bit grey is rounded to 8 bits, and white may be 0', () => {
    const pixels = new Uint8Array(Uint16Array.of(65_535, 257 * 100).buffer);
    const fields = { ...two, bits: 16, samples: 1, photometric: 1, pixels };
    expect([...readTiff(tiffOf(fields)).data]).toEqual([255, 255, 255, 255, 100, 100, 100, 255]);
    expect([...readTiff(tiffOf({ ...fields, photometric: 0 })).data]).toEqual([
      0, 0, 0, 255, 155, 155, 155, 255,
    ]);
  });

  it('keeps its opacity', () => {
    const pixels = Uint8Array.of(1, 2, 3, 0, 4, 5, 6, 128);
    const fields = { ...two, bits: 8, samples: 4, photometric: 2, pixels, more: [[338, 3, 2]] as const };
    expect([...readTiff(tiffOf(fields)).data]).toEqual([...pixels]);
  });

  it.each([
    ['of too many pixels', { width: 100_000, height: 100_000 }, /100000 x 100000 pixels/],
    ['without pixels', { width: 0 }, /damaged/],
    ['of an unknown compression', { compression: 7 }, /could not be read .*Compression.*save it as PNG/i],
    ['turned on its side', { more: [[274, 3, 6]] as const }, /orientation/i],
    [
      'in tiles',
      {
        more: [
          [322, 3, 16],
          [323, 3, 16],
          [324, 4, 8],
          [325, 4, 6],
        ] as const,
      },
      /tiles of colours/,
    ],
    ['cut short', { pixels: Uint8Array.of(1) }, /could not be read/],
  ])('%s is refused with a sentence', (_what, change, says) => {
    const fields = { ...two, bits: 8, samples: 3, photometric: 2, pixels: new Uint8Array(6) };
    expect(() => readTiff(tiffOf({ ...fields, ...change }))).toThrow(says);
  });

  it('as print programs write them, in CMYK or plane after plane, is refused by what it is', () => {
    const size = { width: 2, height: 1, bits: 8 };
    const cmyk = tiffOf({ ...size, samples: 4, photometric: 5, pixels: new Uint8Array(8) });
    expect(() => readTiff(cmyk)).toThrow(/is in CMYK.*save it as PNG/);
    const planes = { ...size, samples: 3, photometric: 2, pixels: new Uint8Array(6) };
    expect(() => readTiff(tiffOf({ ...planes, more: [[284, 3, 2]] }))).toThrow(/plane of its own/);
  });

  it('that is none is refused', () => {
    expect(() => readTiff(new TextEncoder().encode('II*\0\u0008\0\0\0 and so on').buffer)).toThrow(
      'This TIFF picture could not be read',
    );
  });
});
