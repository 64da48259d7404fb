import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pngChunks } from '../container/png-chunks.ts';
import { readPng8 } from '../container/png8.ts';
import { AppError } from '../errors.ts';
import { addPngText, readPngText } from './png-text.ts';

describe('addPngText', () => {
  const png = new Uint8Array(readFileSync(new URL('../container/fixtures/rgba.png', import.meta.url)));

  it('adds texts that read back, and leaves the pixels alone', () => {
    const entries = { Source: 'fleur à 4×.npy', Model: 'latentlift', Software: 'LatentLift\nsecond line' };
    const out = addPngText(png, entries);
    expect(readPngText(out)).toEqual(entries);
    expect(readPng8(out)).toEqual(readPng8(png));
    expect([...pngChunks(out)].map((chunk) => chunk.type).slice(0, 4)).toEqual([
      'IHDR',
      'iTXt',
      'iTXt',
      'iTXt',
    ]);
  });

  it('refuses keywords that the format forbids, and files that are no PNG', () => {
    for (const keyword of ['', ' lead', 'trail ', 'x'.repeat(80), 'tab\t', 'nul\0']) {
      expect(() => addPngText(png, { [keyword]: 'x' })).toThrow(AppError);
    }
    expect(() => addPngText(png.subarray(1), {})).toThrow(AppError);
  });
});
