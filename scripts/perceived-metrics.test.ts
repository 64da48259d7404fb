import { describe, expect, it } from 'vitest';
import type { Planes } from '../src/core/pixels.ts';
import { gmsd, grid, halved, msSsim } from './perceived-metrics.ts';

const planes = (side: number, value: (y: number, x: number, c: number) => number): Planes => ({
  data: Float32Array.from({ length: 3 * side * side }, (_, i) => {
    const [c, rest] = [Math.floor(i / side ** 2), i % side ** 2];
    return value(Math.floor(rest / side), rest % side, c);
  }),
  channels: 3,
  height: side,
  width: side,
});
const waves = planes(
  192,
  (y, x) => 0.5 + 0.2 * Math.sin(x * 0.8) * Math.cos(y * 0.5) + 0.2 * Math.sin(y * 0.05),
);
const brighter = { ...waves, data: waves.data.map((v) => v + 0.1) };

describe('what an eye would notice', () => {
  it('finds nothing between equal pictures', () => {
    expect(msSsim(waves, waves)).toBeCloseTo(1, 9);
    expect(gmsd(waves, waves)).toBe(0);
  });

  it('falls with the strength of noise, over scales and at edges', () => {
    const noisy = (strength: number): Planes => ({
      ...waves,
      data: waves.data.map((v, i) => v + strength * Math.sin(i * 12.9898)),
    });
    const [weak, strong] = [noisy(0.02), noisy(0.1)];
    expect(msSsim(waves, strong)).toBeLessThan(msSsim(waves, weak) - 0.05);
    expect(msSsim(waves, weak)).toBeLessThan(1);
    expect(gmsd(waves, strong)).toBeGreaterThan(2 * gmsd(waves, weak));
  });

  it('does not take a change of brightness for a change of edges', () => {
    expect(gmsd(waves, brighter)).toBeLessThan(1e-6);
    expect(msSsim(waves, brighter)).toBeGreaterThan(0.95);
  });

  it('judges a picture too small for five scales by those that fit', () => {
    const small = planes(24, (y, x) => (y * 31 + x * 17) / 1200);
    expect(msSsim(small, small)).toBeCloseTo(1, 9);
  });

  it('halves by means of four pixels', () => {
    const { data, height } = halved(planes(4, (y, x) => y * 4 + x));
    expect(height).toBe(2);
    expect([...data.subarray(0, 4)]).toEqual([2.5, 4.5, 10.5, 12.5]);
  });

  it('measures a mesh that repeats with every cell, and not a slope', () => {
    const mesh = planes(128, (y, x) => 0.5 + 0.02 * (-1) ** (x + y));
    expect(grid(mesh)).toBeCloseTo(5.0388, 3);
    // The border's share of so few cells. Both figures are those of training/latentlift/metrics.py.
    expect(grid(planes(128, (y, x) => (x + y) / 256))).toBeCloseTo(0.12056, 4);
  });
});
