import { expect } from '@playwright/test';

/** Peak signal-to-noise ratio of two pictures of 8-bit values, in dB; infinite where they are the same. */
export function likeness(a: readonly number[], b: readonly number[]): number {
  expect(a.length).toBeGreaterThan(0);
  expect(a).toHaveLength(b.length);
  const sum = a.reduce((total, value, i) => total + (value - (b[i] ?? Number.NaN)) ** 2, 0);
  return 10 * Math.log10(255 ** 2 / (sum / a.length));
}
