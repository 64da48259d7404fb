import type { Planes } from './patches.ts';

/** Of the values as stored, non-finite ones left out. All 0 where none is finite. */
export interface Statistics {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
  readonly nanCount: number;
  readonly infCount: number;
}

export interface PlaneStatistics extends Statistics {
  /** Mean and variance of every channel. */
  readonly means: Float64Array;
  readonly variances: Float64Array;
}

/** One pass over the values (sums in float64), with the moments of each channel. */
export function measure(planes: Planes): PlaneStatistics {
  const { data, channels } = planes;
  const perChannel = channels === 0 ? 0 : data.length / channels;
  const means = new Float64Array(channels);
  const variances = new Float64Array(channels);
  let [min, max, nanCount, infCount, total, sum, squares] = [Infinity, -Infinity, 0, 0, 0, 0, 0];
  for (let c = 0; c < channels; c++) {
    let [count, s, q] = [0, 0, 0];
    for (let i = c * perChannel; i < (c + 1) * perChannel; i++) {
      const value = data[i] as number;
      if (!Number.isFinite(value)) {
        if (Number.isNaN(value)) nanCount++;
        else infCount++;
        continue;
      }
      if (value < min) min = value;
      if (value > max) max = value;
      count++;
      s += value;
      q += value * value;
    }
    const mean = count === 0 ? 0 : s / count;
    means[c] = mean;
    variances[c] = count === 0 ? 0 : Math.max(0, q / count - mean * mean);
    total += count;
    sum += s;
    squares += q;
  }
  if (total === 0) return { min: 0, max: 0, mean: 0, std: 0, nanCount, infCount, means, variances };
  const mean = sum / total;
  const std = min === max ? 0 : Math.sqrt(Math.max(0, squares / total - mean * mean));
  return { min, max, mean, std, nanCount, infCount, means, variances };
}

/** At most this many cells are looked at: the guesses need no more, and a drop must answer within 100 ms. */
const SAMPLE = 200_000;

/**
 * How little neighbouring cells agree: mean squared step to the right and down over twice the variance within channels. 1 for
 * noise, less for pictures, 0 for constants and single cells. Non-finite values must be gone.
 */
export function roughness(planes: Planes): number {
  const { data, channels, height, width } = planes;
  if (height < 2 || width < 2) return 0;
  const rowsPerChannel = height - 1;
  const stride = Math.max(1, Math.floor((channels * rowsPerChannel * (width - 1)) / SAMPLE));
  let [steps, spread, count] = [0, 0, 0];
  for (let c = 0; c < channels; c++) {
    let [s, q, n] = [0, 0, 0];
    for (let y = c % stride; y < rowsPerChannel; y += stride) {
      for (let x = 0; x < width - 1; x++) {
        const at = (c * height + y) * width + x;
        const value = data[at] as number;
        const right = (data[at + 1] as number) - value;
        const down = (data[at + width] as number) - value;
        steps += (right * right + down * down) / 2;
        s += value;
        q += value * value;
        n++;
      }
    }
    if (n > 0) spread += q - (s * s) / n;
    count += n;
  }
  return count === 0 || spread <= 0 ? 0 : steps / (2 * spread);
}
