import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { crc32 } from '../container/crc32.ts';
import { openFile } from '../open-file.ts';

/** A latent in a PNG is one; every other file with the name of a picture is a picture, damaged or not. */
const isLatentPng = (bytes: Uint8Array): boolean => openFile(bytes).kind === 'latent';

const load = (path: string): Uint8Array => new Uint8Array(readFileSync(new URL(path, import.meta.url)));

/** An RGBA PNG of 8 x 8 pixels with this alpha. */
function rgba(alpha: (i: number) => number): Uint8Array {
  function chunk(type: string, data: number[]): number[] {
    const typed = [...type].map((c) => c.charCodeAt(0)).concat(data);
    const word = (n: number): number[] => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
    return [...word(data.length), ...typed, ...word(crc32(Uint8Array.from(typed)))];
  }
  const rows = Array.from({ length: 8 }, (_, y) => [
    0,
    ...Array.from({ length: 8 }, (_, x) => [90, 120, 60, alpha(8 * y + x)]).flat(),
  ]);
  const pixels = [...deflateSync(Uint8Array.from(rows.flat()))];
  const head = [0, 0, 0, 8, 0, 0, 0, 8, 8, 6, 0, 0, 0];
  return Uint8Array.from([
    137,
    80,
    78,
    71,
    13,
    10,
    26,
    10,
    ...chunk('IHDR', head),
    ...chunk('IDAT', pixels),
    ...chunk('IEND', []),
  ]);
}

describe('a PNG', () => {
  it('whose name says so is a latent, whatever its alpha', () => {
    const opaque = rgba(() => 255);
    expect(openFile(opaque, 'cat.png').kind).toBe('picture');
    expect(openFile(opaque, 'cat.latent.png').kind).toBe('latent');
  });

  it("knows TAESD's 8-bit latent by its fourth channel", () => {
    expect(isLatentPng(load('./fixtures/taesd.png'))).toBe(true);
    expect(isLatentPng(rgba((i) => 100 + i))).toBe(true);
  });

  it('takes pictures for pictures: opaque, cut out, RGB, grey', () => {
    expect(isLatentPng(rgba(() => 255))).toBe(false);
    expect(isLatentPng(rgba((i) => (i % 2 === 0 ? 0 : 255)))).toBe(false);
    expect(isLatentPng(rgba((i) => (i < 50 ? 255 : 128)))).toBe(false);
    expect(isLatentPng(load('../container/fixtures/rgb.png'))).toBe(false);
    expect(isLatentPng(load('../container/fixtures/grey.png'))).toBe(false);
  });

  it('is a picture where it is damaged, for the browser to judge', () => {
    const png = load('./fixtures/taesd.png');
    for (let length = 8; length < png.length; length += 7) {
      expect(openFile(png.subarray(0, length))).toEqual({ kind: 'picture', type: 'image/png' });
    }
  });
});
