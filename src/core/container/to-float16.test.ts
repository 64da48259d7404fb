import { expect, test } from 'vitest';
import { halfBits, toFloat16 } from './to-float16.ts';

test.each([
  [0, 0x0000],
  [-0, 0x8000],
  [1, 0x3c00],
  [-2, 0xc000],
  [65504, 0x7bff],
  [65519, 0x7bff],
  [65520, 0x7c00],
  [-1e9, 0xfc00],
  [2 ** -14, 0x0400],
  [2 ** -24, 0x0001],
  [2 ** -25, 0x0000],
  [2 ** -25 * 1.5, 0x0001],
  [1 + 2 ** -11, 0x3c00],
  [1 + 3 * 2 ** -11, 0x3c02],
  [Number.POSITIVE_INFINITY, 0x7c00],
])('%d has the binary16 bits of IEEE 754, rounded to even', (value, bits) => {
  expect(halfBits(value)).toBe(bits);
});

test('a NaN stays a NaN', () => {
  expect(halfBits(Number.NaN) & 0x7fff).toBeGreaterThan(0x7c00);
});

test('an array keeps its order and length', () => {
  expect([...toFloat16(Float32Array.of(1, -2, 0))]).toEqual([0x3c00, 0xc000, 0]);
});
