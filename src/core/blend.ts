/**
 * Weights for windows that overlap along one axis, one array per window: each rises linearly from its inner edges, and at
 * every position the weights of all windows sum to 1. `starts` ascend; every window is `size` long; together they cover 0
 * to `length` without gaps. All in samples of the axis that is blended.
 */
export function blendWeights(starts: readonly number[], size: number, length: number): Float32Array[] {
  const raw = starts.map((start) =>
    Float32Array.from({ length: size }, (_, i) => {
      const fromLeft = start === 0 ? Number.POSITIVE_INFINITY : i + 0.5;
      const fromRight = start + size === length ? Number.POSITIVE_INFINITY : size - i - 0.5;
      // A window without inner edges has nothing to blend with: any constant does.
      return Math.min(fromLeft, fromRight, size);
    }),
  );
  const sum = new Float32Array(length);
  raw.forEach((weights, k) => {
    for (let i = 0; i < size; i += 1) {
      const at = (starts[k] as number) + i;
      sum[at] = (sum[at] as number) + (weights[i] as number);
    }
  });
  return raw.map((weights, k) =>
    weights.map((weight, i) => weight / (sum[(starts[k] as number) + i] as number)),
  );
}
