import { type Planes, wholeOf } from './pixels.ts';
import type { Rect } from './tiles.ts';

/**
 * `bicubic`: Keys' cubic with a = -0.5, the one of Pillow and of torch's antialiased interpolation. `lanczos3`: the sinc
 * windowed by its own first three lobes.
 */
export type Kernel = 'bicubic' | 'lanczos3';

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

const KERNELS: Readonly<Record<Kernel, { readonly support: number; readonly at: (x: number) => number }>> = {
  bicubic: {
    support: 2,
    at: (signed) => {
      const x = Math.abs(signed);
      if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
      return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
    },
  },
  lanczos3: { support: 3, at: (x) => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

/** Which source samples make an output sample, and how much each counts. */
export interface Taps {
  /** First source sample of each output sample. */
  readonly starts: Int32Array<ArrayBuffer>;
  /** `count` weights per output sample, summing to 1; unused ones are 0. */
  readonly weights: Float32Array<ArrayBuffer>;
  readonly count: number;
}

/**
 * Weights for output samples `from` to `from + length` of an axis stretched from `sourceSize` to `targetSize`. Pixel centres
 * lie at half integers; when shrinking the kernel widens by the factor (antialiasing); at the borders the weights that
 * fall outside are dropped and the rest is scaled to sum to 1, as Pillow and torch do.
 */
export function tapsFor(
  sourceSize: number,
  targetSize: number,
  from: number,
  length: number,
  kernel: Kernel,
): Taps {
  const step = sourceSize / targetSize;
  const stretch = Math.max(step, 1);
  const { support, at } = KERNELS[kernel];
  const reach = support * stretch;
  const count = Math.min(sourceSize, Math.ceil(2 * reach) + 1);
  const starts = new Int32Array(length);
  const weights = new Float32Array(length * count);
  for (let i = 0; i < length; i += 1) {
    const centre = (from + i + 0.5) * step;
    const first = Math.max(0, Math.floor(centre - reach + 0.5));
    const end = Math.min(sourceSize, Math.floor(centre + reach + 0.5));
    let sum = 0;
    for (let j = first; j < end; j += 1) sum += at((j - centre + 0.5) / stretch);
    // Near the far border the window is shifted inwards so that reading `count` samples stays inside the row.
    const start = Math.min(first, sourceSize - count);
    starts[i] = start;
    for (let j = first; j < end; j += 1) {
      weights[i * count + j - start] = at((j - centre + 0.5) / stretch) / sum;
    }
  }
  return { starts, weights, count };
}

/**
 * `source` stretched to `target.height` x `target.width`; only `rect` of the result is computed and returned (the whole by
 * default), so that a large picture can be made strip by strip. Channels are treated alike, so this serves pictures and
 * latents.
 */
export function resample(
  source: Planes,
  target: { readonly height: number; readonly width: number },
  kernel: Kernel,
  rect: Rect = wholeOf(target),
): Planes {
  const across = tapsFor(source.width, target.width, rect.x, rect.width, kernel);
  const down = tapsFor(source.height, target.height, rect.y, rect.height, kernel);
  const firstRow = down.starts[0] as number;
  const rows = (down.starts[rect.height - 1] as number) + down.count - firstRow;
  const narrow = new Float32Array(rows * rect.width);
  const data = new Float32Array(source.channels * rect.height * rect.width);
  for (let c = 0; c < source.channels; c += 1) {
    for (let row = 0; row < rows; row += 1) {
      const line = (c * source.height + firstRow + row) * source.width;
      for (let x = 0; x < rect.width; x += 1) {
        const start = line + (across.starts[x] as number);
        let sum = 0;
        for (let k = 0; k < across.count; k += 1) {
          sum += (source.data[start + k] as number) * (across.weights[x * across.count + k] as number);
        }
        narrow[row * rect.width + x] = sum;
      }
    }
    for (let y = 0; y < rect.height; y += 1) {
      const start = (down.starts[y] as number) - firstRow;
      const line = (c * rect.height + y) * rect.width;
      for (let k = 0; k < down.count; k += 1) {
        const weight = down.weights[y * down.count + k] as number;
        if (weight === 0) continue;
        const from = (start + k) * rect.width;
        for (let x = 0; x < rect.width; x += 1) {
          data[line + x] = (data[line + x] as number) + weight * (narrow[from + x] as number);
        }
      }
    }
  }
  return { data, channels: source.channels, height: rect.height, width: rect.width };
}
