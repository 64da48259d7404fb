import { describe, expect, it } from 'vitest';
import { gradientEnergy, psnr, ssim } from './metrics.ts';
import type { Planes } from './pixels.ts';

const wave = (step: number, change = (v: number, _i: number): number => v): Planes => ({
  data: Float32Array.from({ length: 3 * 24 * 20 }, (_, i) =>
    change(0.5 + 0.5 * Math.sin(i * step + (i % 7) * 0.3), i),
  ),
  channels: 3,
  height: 24,
  width: 20,
});

const a = wave(0.37);
const other = wave(1.91);
const b = wave(0.37, (v, i) => 0.8 * v + 0.1 + 0.05 * (other.data[i] as number));

describe('metrics', () => {
  it('psnr agrees with scikit-image', () => {
    expect(psnr(a, b)).toBeCloseTo(22.260366, 4);
  });

  it('ssim agrees with scikit-image (Gaussian weights, population covariance)', () => {
    expect(ssim(a, b)).toBeCloseTo(0.97233671, 6);
  });

  it('a picture equals itself', () => {
    expect(psnr(a, a)).toBe(Number.POSITIVE_INFINITY);
    expect(ssim(a, a)).toBeCloseTo(1, 12);
  });

  it('gradient energy is the mean squared step across plus down: 2 for a chequerboard, 0 for a flat picture', () => {
    const board: Planes = {
      data: Float32Array.from([0, 1, 0, 1, 0, 1, 0, 1, 0]),
      channels: 1,
      height: 3,
      width: 3,
    };
    expect(gradientEnergy(board)).toBe(2);
    expect(gradientEnergy({ ...board, data: new Float32Array(9).fill(0.7) })).toBe(0);
  });

  it('refuses pictures of different size and pictures smaller than the window', () => {
    const small: Planes = { data: new Float32Array(300), channels: 3, height: 10, width: 10 };
    expect(() => psnr(a, small)).toThrow('20x24 and 10x10');
    expect(() => ssim(small, small)).toThrow('at least 11x11');
  });
});
