import { gradientEnergy, psnr, ssim } from '../src/core/metrics.ts';
import { crop, type Planes } from '../src/core/pixels.ts';
import { resample } from '../src/core/resample.ts';
import type { InProcessEngine } from '../workers/in-process.ts';
import type { Model } from '../workers/pipeline/model.ts';

/** The ways to enlarge that are compared; the model card's tables have a row for each (public/models/README.md). */
export const WAYS = [
  'oracle',
  'lua2',
  'pixel2',
  'lanczos2',
  'latent2',
  'lua4',
  'pixel4',
  'lanczos4',
  'latent4',
] as const;
export type Way = (typeof WAYS)[number];

/** Against the original picture: dB, similarity, and gradient energy relative to it; against `oracle`: colour, in 1/255. */
export interface Measures {
  readonly psnr: number;
  readonly ssim: number;
  readonly sharpness: number;
  /** Mean absolute difference of the means of 32x32-pixel blocks. */
  readonly drift: number;
  /** The largest difference of a channel's mean. */
  readonly tint: number;
}

export interface YardstickModels {
  readonly encoder: Model;
  readonly decoder: Model;
  readonly upscaler: Model;
}

/** Sides are cropped to whole multiples of this, so that 1/4 of them is whole in cells of 32 pixels at most. */
const CROP_MULTIPLE = 128;
const BLOCK = 32;

const clamp = (planes: Planes): Planes => ({
  ...planes,
  data: planes.data.map((v) => Math.min(1, Math.max(0, v))),
});
const toEightBits = (planes: Planes): Planes => ({
  ...planes,
  data: clamp(planes).data.map((v) => Math.round(v * 255) / 255),
});
const toUnit = (planes: Planes, range: 'unit' | 'signed'): Planes =>
  range === 'unit' ? planes : { ...planes, data: planes.data.map((v) => (v + 1) / 2) };
const toRange = (planes: Planes, range: 'unit' | 'signed'): Planes =>
  range === 'unit' ? planes : { ...planes, data: planes.data.map((v) => v * 2 - 1) };

/** Means of whole blocks, channel by channel. */
function blockMeans(
  { data, channels, height, width }: Planes,
  blockHeight: number,
  blockWidth: number,
): number[] {
  const means: number[] = [];
  for (let c = 0; c < channels; c += 1)
    for (let y = 0; y + blockHeight <= height; y += blockHeight)
      for (let x = 0; x + blockWidth <= width; x += blockWidth) {
        let sum = 0;
        for (let i = 0; i < blockHeight; i += 1) {
          const row = (c * height + y + i) * width + x;
          for (let j = 0; j < blockWidth; j += 1) sum += data[row + j] ?? 0;
        }
        means.push(sum / (blockHeight * blockWidth));
      }
  return means;
}

const differences = (a: readonly number[], b: readonly number[]): number[] =>
  a.map((value, i) => 255 * Math.abs(value - (b[i] ?? Number.NaN)));

function measure(output: Planes, picture: Planes, oracle: Planes): Measures {
  const block = differences(blockMeans(output, BLOCK, BLOCK), blockMeans(oracle, BLOCK, BLOCK));
  const { height, width } = output;
  return {
    psnr: psnr(output, picture),
    ssim: ssim(output, picture),
    sharpness: gradientEnergy(output) / gradientEnergy(picture),
    drift: block.reduce((a, b) => a + b, 0) / block.length,
    tint: Math.max(...differences(blockMeans(output, height, width), blockMeans(oracle, height, width))),
  };
}

/**
 * Every way to enlarge, measured against `picture` (RGB in [0,1]). The reductions are antialiased bicubic and rounded to
 * 8 bits, as a smaller file of the same picture would be.
 */
export async function measurePicture(
  engine: InProcessEngine,
  models: YardstickModels,
  picture: Planes,
): Promise<Record<Way, Measures>> {
  const { encoder, decoder, upscaler } = models;
  const height = Math.floor(picture.height / CROP_MULTIPLE) * CROP_MULTIPLE;
  const width = Math.floor(picture.width / CROP_MULTIPLE) * CROP_MULTIPLE;
  const whole = crop(picture, { y: 0, x: 0, height, width });
  const encode = (planes: Planes) => engine.encode(encoder, toRange(planes, encoder.description.pixelRange));
  const decode = async (latent: Awaited<ReturnType<typeof encode>>) =>
    clamp(toUnit(await engine.decode(decoder, latent), decoder.description.pixelRange));

  const oracle = await decode(await encode(whole));
  const result: Partial<Record<Way, Measures>> = { oracle: measure(oracle, whole, oracle) };
  for (const factor of [2, 4] as const) {
    const reduced = toEightBits(
      resample(whole, { height: height / factor, width: width / factor }, 'bicubic'),
    );
    const latent = await encode(reduced);
    const small = await decode(latent);
    const outputs = {
      [`lua${factor}`]: await decode(await engine.upscale(upscaler, latent, factor, 'lua')),
      [`pixel${factor}`]: clamp(resample(small, whole, 'bicubic')),
      [`lanczos${factor}`]: clamp(resample(small, whole, 'lanczos3')),
      [`latent${factor}`]: await decode(await engine.upscale(upscaler, latent, factor, 'latent-bicubic')),
    } as Record<Way, Planes>;
    for (const [way, output] of Object.entries(outputs) as [Way, Planes][])
      result[way] = measure(output, whole, oracle);
  }
  return result as Record<Way, Measures>;
}

/** The mean of each figure over pictures. */
export function meanOf(pictures: readonly Record<Way, Measures>[]): Record<Way, Measures> {
  const mean = (way: Way, figure: keyof Measures): number =>
    pictures.reduce((sum, picture) => sum + picture[way][figure], 0) / pictures.length;
  return Object.fromEntries(
    WAYS.map((way) => [
      way,
      {
        psnr: mean(way, 'psnr'),
        ssim: mean(way, 'ssim'),
        sharpness: mean(way, 'sharpness'),
        drift: mean(way, 'drift'),
        tint: mean(way, 'tint'),
      },
    ]),
  ) as Record<Way, Measures>;
}
