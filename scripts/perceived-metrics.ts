import { similarity } from '../src/core/metrics.ts';
import type { Planes } from '../src/core/pixels.ts';

/** Wang, Simoncelli and Bovik 2003, finest scale first. */
const SCALE_WEIGHTS = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];
const LEAST_SIDE = 11;
/** 170 for values up to 255, as in the paper. */
const GMSD_CONSTANT = 170 / 255 ** 2;
const CELL = 8;

/** Means of 2x2 pixels; an odd last row or column is left out. */
export function halved({ data, channels, height, width }: Planes): Planes {
  const [rows, columns] = [height >> 1, width >> 1];
  const result = new Float32Array(channels * rows * columns);
  for (let c = 0; c < channels; c += 1) {
    for (let y = 0; y < rows; y += 1) {
      for (let x = 0; x < columns; x += 1) {
        const i = (c * height + 2 * y) * width + 2 * x;
        const sum =
          (data[i] as number) +
          (data[i + 1] as number) +
          (data[i + width] as number) +
          (data[i + width + 1] as number);
        result[(c * rows + y) * columns + x] = sum / 4;
      }
    }
  }
  return { data: result, channels, height: rows, width: columns };
}

/** Rec. 601 luminance of RGB. */
export function luminance({ data, height, width }: Planes): Planes {
  const area = height * width;
  const grey = Float32Array.from(
    { length: area },
    (_, i) =>
      0.299 * (data[i] as number) +
      0.587 * (data[area + i] as number) +
      0.114 * (data[2 * area + i] as number),
  );
  return { data: grey, channels: 1, height, width };
}

/**
 * Structural similarity over five scales: 1 for equal pictures. A picture too small for all of them (sides under 176) is
 * judged by as many as fit, their weights raised in proportion.
 */
export function msSsim(a: Planes, b: Planes): number {
  const side = Math.min(a.height, a.width);
  const weights = SCALE_WEIGHTS.filter((_, scale) => side >> scale >= LEAST_SIDE);
  const sum = weights.reduce((x, y) => x + y, 0);
  let [p, q, product] = [a, b, 1];
  for (const [scale, weight] of weights.entries()) {
    if (scale > 0) [p, q] = [halved(p), halved(q)];
    const found = similarity(p, q);
    const isLast = scale === weights.length - 1;
    product *= Math.max(0, isLast ? found.ssim : found.contrast) ** (weight / sum);
  }
  return product;
}

/** Length of the Prewitt gradient at every pixel inside the border. */
function gradientLengths({ data, height, width }: Planes): Float64Array {
  const lengths = new Float64Array((height - 2) * (width - 2));
  const at = (y: number, x: number): number => data[y * width + x] as number;
  for (let y = 1; y < height - 1; y += 1) {
    for (let x = 1; x < width - 1; x += 1) {
      let [across, down] = [0, 0];
      for (let k = -1; k <= 1; k += 1) {
        across += at(y + k, x + 1) - at(y + k, x - 1);
        down += at(y + 1, x + k) - at(y - 1, x + k);
      }
      lengths[(y - 1) * (width - 2) + x - 1] = Math.hypot(across, down) / 3;
    }
  }
  return lengths;
}

/** Gradient magnitude similarity deviation (Xue et al. 2013) of the luminance at half size: 0 for equal pictures. */
export function gmsd(a: Planes, b: Planes): number {
  const [p, q] = [gradientLengths(halved(luminance(a))), gradientLengths(halved(luminance(b)))];
  const map = p.map((v, i) => {
    const w = q[i] as number;
    return (2 * v * w + GMSD_CONSTANT) / (v * v + w * w + GMSD_CONSTANT);
  });
  const mean = map.reduce((x, y) => x + y, 0) / map.length;
  return Math.sqrt(map.reduce((sum, v) => sum + (v - mean) ** 2, 0) / map.length);
}

/**
 * Strength of a pattern that repeats with every 8x8 cell, in 1/255: root mean square of the mean cell's fine luminance (what
 * stands out from the mean of the 9x9 pixels around). Sides are whole multiples of 8. Pictures have 0.5 to 0.9 by chance.
 */
export function grid(picture: Planes): number {
  const { data, height, width } = luminance(picture);
  const cell = new Float64Array(CELL * CELL);
  const reach = CELL / 2;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [top, bottom] = [Math.max(0, y - reach), Math.min(height - 1, y + reach)];
      const [left, right] = [Math.max(0, x - reach), Math.min(width - 1, x + reach)];
      let sum = 0;
      for (let j = top; j <= bottom; j += 1) {
        for (let i = left; i <= right; i += 1) sum += data[j * width + i] as number;
      }
      const fine = (data[y * width + x] as number) - sum / ((bottom - top + 1) * (right - left + 1));
      const index = (y % CELL) * CELL + (x % CELL);
      cell[index] = (cell[index] as number) + fine;
    }
  }
  const cells = (height * width) / CELL ** 2;
  return 255 * Math.sqrt(cell.reduce((sum, v) => sum + (v / cells) ** 2, 0) / cell.length);
}
