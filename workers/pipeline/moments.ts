import type { Moments } from './compute.ts';

/** Of all values, in two passes of float64: a mean far from zero costs the variance no digits. */
export function momentsOf(values: Float32Array): Moments {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return { mean, variance: squares / values.length };
}

/**
 * Of all values, from those of its columns, which are `height` values each: their means, and the sums of squares of what is left when a
 * column's own mean is taken off.
 */
export function joinMoments(means: Float32Array, squares: Float32Array, height: number): Moments {
  const between = momentsOf(means);
  const within = momentsOf(squares).mean / height;
  return { mean: between.mean, variance: within + between.variance };
}
