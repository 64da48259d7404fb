import { AppError } from './errors.ts';
import type { Planes } from './pixels.ts';

function requireSameSize(a: Planes, b: Planes): void {
  if (a.channels !== b.channels || a.height !== b.height || a.width !== b.width) {
    throw new AppError(
      'latent/shape',
      `Two pictures of different size cannot be compared: ${a.width}x${a.height} and ${b.width}x${b.height}. Compare pictures of one size.`,
    );
  }
}

/** Mean squared error over all channels. */
function meanSquaredError(a: Planes, b: Planes): number {
  requireSameSize(a, b);
  let sum = 0;
  for (let i = 0; i < a.data.length; i += 1) sum += ((a.data[i] as number) - (b.data[i] as number)) ** 2;
  return sum / a.data.length;
}

/** Peak signal-to-noise ratio in dB for values in [0,1], one error over all channels; Infinity for equal pictures. */
export const psnr = (a: Planes, b: Planes): number => -10 * Math.log10(meanSquaredError(a, b));

/**
 * Gradient energy: mean squared difference of neighbours across, plus the same down. The ratio of two pictures' energies
 * is their relative sharpness; noise raises it as well.
 */
export function gradientEnergy(picture: Planes): number {
  const { channels, height, width, data } = picture;
  let across = 0;
  let down = 0;
  for (let c = 0; c < channels; c += 1) {
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const i = (c * height + y) * width + x;
        const value = data[i] as number;
        if (x + 1 < width) across += ((data[i + 1] as number) - value) ** 2;
        if (y + 1 < height) down += ((data[i + width] as number) - value) ** 2;
      }
    }
  }
  return (
    across / Math.max(1, channels * height * (width - 1)) +
    down / Math.max(1, channels * (height - 1) * width)
  );
}

const SSIM_RADIUS = 5;
const SSIM_WINDOW = (() => {
  const weights = Array.from({ length: 2 * SSIM_RADIUS + 1 }, (_, i) =>
    Math.exp(-((i - SSIM_RADIUS) ** 2) / (2 * 1.5 ** 2)),
  );
  const sum = weights.reduce((a, b) => a + b);
  return Float64Array.from(weights, (w) => w / sum);
})();

/** Gaussian mean of the product p*q at every window that lies wholly inside, [height - 10, width - 10]. */
function windowMeans(p: Float32Array, q: Float32Array | null, height: number, width: number): Float64Array {
  const size = SSIM_WINDOW.length;
  const [outHeight, outWidth] = [height - size + 1, width - size + 1];
  const narrow = new Float64Array(height * outWidth);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < outWidth; x += 1) {
      let sum = 0;
      for (let k = 0; k < size; k += 1) {
        const i = y * width + x + k;
        sum += (SSIM_WINDOW[k] as number) * (p[i] as number) * (q === null ? 1 : (q[i] as number));
      }
      narrow[y * outWidth + x] = sum;
    }
  }
  const means = new Float64Array(outHeight * outWidth);
  for (let y = 0; y < outHeight; y += 1) {
    for (let k = 0; k < size; k += 1) {
      const weight = SSIM_WINDOW[k] as number;
      for (let x = 0; x < outWidth; x += 1) {
        means[y * outWidth + x] =
          (means[y * outWidth + x] as number) + weight * (narrow[(y + k) * outWidth + x] as number);
      }
    }
  }
  return means;
}

/**
 * Structural similarity (Wang et al. 2004) of pictures with values in [0,1]: Gaussian window of 11x11 with sigma 1.5,
 * K1 = 0.01, K2 = 0.03, mean over channels and over windows wholly inside; 1 for equal pictures. Sides of at least 11.
 */
export const ssim = (a: Planes, b: Planes): number => similarity(a, b).ssim;

/** SSIM and, apart, its factor of contrast and structure, which MS-SSIM takes from its finer scales. */
export function similarity(a: Planes, b: Planes): { ssim: number; contrast: number } {
  requireSameSize(a, b);
  const { channels, height, width } = a;
  const size = SSIM_WINDOW.length;
  if (height < size || width < size) {
    throw new AppError(
      'latent/shape',
      `SSIM needs pictures of at least ${size}x${size} pixels; this one has ${width}x${height}.`,
    );
  }
  const [c1, c2] = [0.01 ** 2, 0.03 ** 2];
  const area = height * width;
  const total = { ssim: 0, contrast: 0 };
  for (let c = 0; c < channels; c += 1) {
    const p = a.data.subarray(c * area, (c + 1) * area);
    const q = b.data.subarray(c * area, (c + 1) * area);
    const [mp, mq] = [windowMeans(p, null, height, width), windowMeans(q, null, height, width)];
    const pp = windowMeans(p, p, height, width);
    const qq = windowMeans(q, q, height, width);
    const pq = windowMeans(p, q, height, width);
    for (let i = 0; i < mp.length; i += 1) {
      const [m, n] = [mp[i] as number, mq[i] as number];
      const [vp, vq, cov] = [(pp[i] as number) - m * m, (qq[i] as number) - n * n, (pq[i] as number) - m * n];
      const contrast = (2 * cov + c2) / (vp + vq + c2) / (mp.length * channels);
      total.contrast += contrast;
      total.ssim += (contrast * (2 * m * n + c1)) / (m * m + n * n + c1);
    }
  }
  return total;
}
