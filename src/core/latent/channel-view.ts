import type { Latent } from './latent.ts';

/** Values of one channel, [height, width]; a view, not a copy. */
export const channelOf = ({ data, height, width }: Latent, channel: number): Float32Array =>
  data.subarray(channel * height * width, (channel + 1) * height * width);

export interface Spread {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
}

/** Figures of the finite ones of `values`; all 0 where there are none. */
export function spreadOf(values: Float32Array): Spread {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return { min: 0, max: 0, mean: 0, std: 0 };
  const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
  const square = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0) / finite.length;
  return {
    min: finite.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
    max: finite.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
    mean,
    std: Math.sqrt(square),
  };
}

/** Grey RGBA of `values`: black at `low`, white at `high`; what is no number is black. */
export function greyPixels(
  values: Float32Array,
  { low, high }: { readonly low: number; readonly high: number },
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(4 * values.length);
  const scale = high > low ? 255 / (high - low) : 0;
  values.forEach((value, i) => {
    const grey = Number.isFinite(value) ? (value - low) * scale : 0;
    pixels.fill(grey, 4 * i, 4 * i + 3);
    pixels[4 * i + 3] = 255;
  });
  return pixels;
}

/** How many of `values` lie in each of `bins` equal parts of `low` to `high`; the ends take what lies beyond. */
export function histogram(
  values: Float32Array,
  bins: number,
  { low, high }: { readonly low: number; readonly high: number },
): Uint32Array {
  const counts = new Uint32Array(bins);
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    const place = high > low ? Math.floor(((value - low) / (high - low)) * bins) : 0;
    const bin = Math.min(Math.max(place, 0), bins - 1);
    counts[bin] = (counts[bin] as number) + 1;
  }
  return counts;
}

/** The range that shows a channel well: three standard deviations about its mean, within what it has. */
export function shownRange(values: Float32Array): { low: number; high: number } {
  const { min, max, mean, std } = spreadOf(values);
  return { low: Math.max(min, mean - 3 * std), high: Math.min(max, mean + 3 * std) };
}
