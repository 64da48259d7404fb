import { describe, expect, it } from 'vitest';
import { noise } from '../../src/core/weights/synthetic.ts';
import { joinMoments, momentsOf } from './moments.ts';

describe('the moments of a tensor', () => {
  it('keep their digits where the mean is far from zero', () => {
    const { mean, variance } = momentsOf(Float32Array.from({ length: 4096 }, (_, i) => 4096 + (i % 2)));
    expect(mean).toBe(4096.5);
    expect(variance).toBe(0.25);
  });

  it('come out alike from its columns, as a GPU gives them', () => {
    const [height, width] = [37, 24];
    const values = noise('columns', height * width, 2, 7);
    const columns = Array.from({ length: width }, (_, x) => values.filter((_, i) => i % width === x));
    const parts = columns.map(momentsOf);
    const joined = joinMoments(
      Float32Array.from(parts, ({ mean }) => mean),
      Float32Array.from(parts, ({ variance }) => variance * height),
      height,
    );
    const { mean, variance } = momentsOf(values);
    expect(joined.mean).toBeCloseTo(mean, 5);
    expect(joined.variance).toBeCloseTo(variance, 5);
  });
});
