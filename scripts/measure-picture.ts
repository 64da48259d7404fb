import { gradientEnergy, psnr, ssim } from '../src/core/metrics.ts';
import { crop, type Planes } from '../src/core/pixels.ts';
import { resample } from '../src/core/resample.ts';
import type { InProcessEngine } from '../workers/in-process.ts';
import type { Model } from '../workers/pipeline/model.ts';
import { gmsd, grid, msSsim } from './perceived-metrics.ts';

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
/** The same through a second decoder (`--decoder2`), such as the one a latent is taken home to. */
export const SECOND_WAYS = ['oracleT', 'lua2T', 'pixel2T', 'lua4T', 'pixel4T'] as const;
export type Way = (typeof WAYS)[number];
export type SecondWay = (typeof SECOND_WAYS)[number];
export type Ways = Record<Way, Measures> & Partial<Record<SecondWay, Measures>>;

/** Against the original picture: dB, similarity, and gradient energy relative to it; against `oracle`: colour, in 1/255. */
export interface Measures {
  readonly psnr: number;
  readonly ssim: number;
  readonly sharpness: number;
  readonly msSsim: number;
  readonly gmsd: number;
  /** Strength of what repeats with every 8x8 cell, in 1/255. */
  readonly grid: number;
  /** Mean absolute difference of the means of 32x32-pixel blocks. */
  readonly drift: number;
  /** The largest difference of a channel's mean. */
  readonly tint: number;
}

export interface YardstickModels {
  readonly encoder: Model;
  readonly decoder: Model;
  readonly decoder2?: Model;
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
  for (let c = 0; c < channels; c += 1) {
    for (let y = 0; y + blockHeight <= height; y += blockHeight) {
      for (let x = 0; x + blockWidth <= width; x += blockWidth) {
        let sum = 0;
        for (let i = 0; i < blockHeight; i += 1) {
          const row = (c * height + y + i) * width + x;
          for (let j = 0; j < blockWidth; j += 1) sum += data[row + j] as number;
        }
        means.push(sum / (blockHeight * blockWidth));
      }
    }
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
    msSsim: msSsim(output, picture),
    gmsd: gmsd(output, picture),
    grid: grid(output),
    drift: block.reduce((a, b) => a + b, 0) / block.length,
    tint: Math.max(...differences(blockMeans(output, height, width), blockMeans(oracle, height, width))),
  };
}

type Encoded = Awaited<ReturnType<InProcessEngine['encode']>>;

/** What `decode` makes of the full latent, and of each small one with and without LUA, measured against the picture. */
async function throughDecoder(
  decode: (latent: Encoded) => Promise<Planes>,
  whole: Planes,
  latents: readonly { factor: 1 | 2 | 4; small: Encoded; lua?: Encoded; stretched?: Encoded }[],
  suffix: '' | 'T',
): Promise<Record<string, Measures>> {
  const result: Record<string, Measures> = {};
  let oracle = whole;
  for (const { factor, small, lua, stretched } of latents) {
    const decoded = await decode(small);
    if (factor === 1) {
      oracle = decoded;
      result[`oracle${suffix}`] = measure(oracle, whole, oracle);
      continue;
    }
    const outputs: Record<string, Planes> = {
      [`pixel${factor}`]: clamp(resample(decoded, whole, 'bicubic')),
    };
    if (lua) outputs[`lua${factor}`] = await decode(lua);
    if (stretched) {
      outputs[`lanczos${factor}`] = clamp(resample(decoded, whole, 'lanczos3'));
      outputs[`latent${factor}`] = await decode(stretched);
    }
    for (const [way, output] of Object.entries(outputs)) {
      result[`${way}${suffix}`] = measure(output, whole, oracle);
    }
  }
  return result;
}

/**
 * Every way to enlarge, measured against `picture` (RGB in [0,1]). The reductions are antialiased bicubic and rounded to
 * 8 bits, as a smaller file of the same picture would be. With a second decoder, LUA and the enlarged picture through it too.
 */
export async function measurePicture(
  engine: InProcessEngine,
  models: YardstickModels,
  picture: Planes,
): Promise<Ways> {
  const { encoder, decoder, decoder2, upscaler } = models;
  const height = Math.floor(picture.height / CROP_MULTIPLE) * CROP_MULTIPLE;
  const width = Math.floor(picture.width / CROP_MULTIPLE) * CROP_MULTIPLE;
  const whole = crop(picture, { y: 0, x: 0, height, width });
  const encode = (planes: Planes) => engine.encode(encoder, toRange(planes, encoder.description.pixelRange));
  const decodeBy = (model: Model) => async (latent: Encoded) =>
    clamp(toUnit(await engine.decode(model, latent), model.description.pixelRange));

  const latents: { factor: 1 | 2 | 4; small: Encoded; lua?: Encoded; stretched?: Encoded }[] = [
    { factor: 1, small: await encode(whole) },
  ];
  for (const factor of [2, 4] as const) {
    const size = { height: height / factor, width: width / factor };
    const small = await encode(toEightBits(resample(whole, size, 'bicubic')));
    latents.push({
      factor,
      small,
      lua: await engine.upscale(upscaler, small, factor, 'lua'),
      stretched: await engine.upscale(upscaler, small, factor, 'latent-bicubic'),
    });
  }
  const first = await throughDecoder(decodeBy(decoder), whole, latents, '');
  if (decoder2 === undefined) return first as Ways;
  const bare = latents.map(({ factor, small, lua }) => ({ factor, small, ...(lua && { lua }) }));
  return { ...first, ...(await throughDecoder(decodeBy(decoder2), whole, bare, 'T')) } as Ways;
}

const FIGURES = ['psnr', 'ssim', 'sharpness', 'msSsim', 'gmsd', 'grid', 'drift', 'tint'] as const;

/** The mean of each figure over pictures. */
export function meanOf(pictures: readonly Ways[]): Ways {
  const ways = [...WAYS, ...SECOND_WAYS].filter((way) => pictures[0]?.[way] !== undefined);
  const mean = (way: Way | SecondWay, figure: keyof Measures): number =>
    pictures.reduce((sum, picture) => sum + (picture[way]?.[figure] ?? Number.NaN), 0) / pictures.length;
  return Object.fromEntries(
    ways.map((way) => [way, Object.fromEntries(FIGURES.map((figure) => [figure, mean(way, figure)]))]),
  ) as unknown as Ways;
}
