import { expect, it } from 'vitest';
import { median } from './median.ts';

it.each([
  [[5], 5],
  [[9, 1, 5], 5],
  [[4, 1, 2, 9], 3],
])('the median of %j is %i', (values, expected) => {
  expect(median(values)).toBe(expected);
});
