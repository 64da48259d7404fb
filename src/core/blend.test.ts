import { describe, expect, it } from 'vitest';
import { blendWeights } from './blend.ts';

function total(starts: readonly number[], size: number, length: number): number[] {
  const sum = new Array<number>(length).fill(0);
  blendWeights(starts, size, length).forEach((weights, k) => {
    weights.forEach((weight, i) => {
      sum[(starts[k] as number) + i] = (sum[(starts[k] as number) + i] as number) + weight;
    });
  });
  return sum;
}

describe('blendWeights', () => {
  it.each([
    [[0], 5, 5],
    [[0, 6], 10, 16],
    [[0, 5, 11, 16], 8, 24],
    [[0, 1, 2], 8, 10],
  ])('windows at %j of size %i sum to 1 everywhere', (starts, size, length) => {
    for (const value of total(starts, size, length)) expect(value).toBeCloseTo(1, 6);
  });

  it('a window counts fully where it is alone and fades towards its inner edge', () => {
    const [first] = blendWeights([0, 6], 10, 16);
    expect(first?.slice(0, 6).every((w) => w === 1)).toBe(true);
    const fading = [...(first?.slice(6) ?? [])];
    expect(fading).toEqual([...fading].sort((a, b) => b - a));
    expect(fading.at(-1)).toBeLessThan(0.2);
  });
});
