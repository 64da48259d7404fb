import { describe, expect, it } from 'vitest';
import { bearableSide, coverScale, originalSize } from './picture-size.ts';

const settings = { longestSide: 512, background: 'white', referenceFactor: null } as const;

describe('originalSize', () => {
  it('never enlarges and cuts to whole cells', () => {
    expect(originalSize({ width: 100, height: 61 }, settings)).toEqual({ width: 96, height: 56 });
  });

  it('reduces the longest side to the limit', () => {
    expect(originalSize({ width: 4032, height: 3024 }, settings)).toEqual({ width: 512, height: 384 });
  });

  it('is still whole cells after the reduction of a test', () => {
    const { width, height } = originalSize({ width: 1000, height: 700 }, { ...settings, referenceFactor: 4 });
    expect([width % 32, height % 32]).toEqual([0, 0]);
    expect(width).toBeGreaterThan(900);
  });

  it('keeps one cell of even the thinnest picture', () => {
    expect(originalSize({ width: 900, height: 3 }, settings)).toEqual({ width: 512, height: 8 });
  });

  it('bounds the original that metrics are computed on', () => {
    expect(
      originalSize({ width: 9000, height: 9000 }, { ...settings, longestSide: 1024, referenceFactor: 4 }),
    ).toEqual({
      width: 2048,
      height: 2048,
    });
  });
});

describe('coverScale', () => {
  it('cuts a picture that is small enough, and resamples none of it', () => {
    expect(coverScale({ width: 500, height: 333 }, settings)).toBe(1);
    expect(coverScale({ width: 3, height: 8 }, settings)).toBeCloseTo(8 / 3);
    expect(coverScale({ width: 1024, height: 768 }, settings)).toBe(0.5);
  });
});

describe('bearableSide', () => {
  it('lets a GPU have twice as much as a CPU, or a device that is not known yet', () => {
    expect([bearableSide('webgpu'), bearableSide('wasm'), bearableSide(null)]).toEqual([1024, 512, 512]);
  });
});
