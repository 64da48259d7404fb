import { FLUX2_MEAN, FLUX2_STD } from './flux2-statistics.ts';
import type { FamilyId, Latent, LatentSpace } from './latent.ts';

/** How model space follows from raw VAE space: model = (raw - shift) * scale, with one number each, one per channel, or one per patch channel. */
export type Normalisation =
  | { readonly kind: 'uniform'; readonly scale: number; readonly shift: number }
  | { readonly kind: 'per-channel'; readonly scale: readonly number[]; readonly shift: readonly number[] }
  /** FLUX.2: indexed by k = 4c + 2(y mod 2) + (x mod 2), the channel that the cell takes when patchified. */
  | { readonly kind: 'per-patch'; readonly scale: readonly number[]; readonly shift: readonly number[] };

/** One VAE family. */
export interface Family {
  readonly id: FamilyId;
  readonly title: string;
  readonly channels: number;
  readonly pixelsPerCell: number;
  readonly normalisation: Normalisation;
  /** True where pipelines pack 2x2 cells into a token or a patch of 4 * channels values. */
  readonly isPacked: boolean;
  /** Standard deviation of a typical raw latent whose model-space latent has 1 (facts: derived from the scales). */
  readonly rawStd: number;
}

const uniform = (scale: number, shift = 0): Normalisation => ({ kind: 'uniform', scale, shift });
const inverse = (values: readonly number[], times = 1): readonly number[] =>
  values.map((value) => times / value);

const WAN_MEAN = [
  -0.7571, -0.7089, -0.9113, 0.1075, -0.1745, 0.9653, -0.1517, 1.5508, 0.4134, -0.0715, 0.5517, -0.3632,
  -0.1922, -0.9497, 0.2503, -0.2921,
];
const WAN_STD = [
  2.8184, 1.4541, 2.3275, 2.6558, 1.2196, 1.7708, 2.6052, 2.0743, 3.2687, 2.1526, 2.8652, 1.5579, 1.6382,
  1.1253, 2.8251, 1.916,
];
const PLAYGROUND_MEAN = [-1.6574, 1.886, -1.383, 2.5155];
const PLAYGROUND_STD = [8.4927, 5.9022, 6.5498, 5.2299];

/**
 * Scales and shifts as ComfyUI (comfy/latent_formats.py) and diffusers (VAE configs, conversion scripts) state them, which
 * agree for every family here. Sana is the DC-AE f32c32 of Sana 1.0.
 */
export const FAMILIES: Readonly<Record<FamilyId, Family>> = {
  sd1: {
    id: 'sd1',
    title: 'Stable Diffusion 1 and 2',
    channels: 4,
    pixelsPerCell: 8,
    normalisation: uniform(0.18215),
    isPacked: false,
    rawStd: 5.49,
  },
  sdxl: {
    id: 'sdxl',
    title: 'SDXL',
    channels: 4,
    pixelsPerCell: 8,
    normalisation: uniform(0.13025),
    isPacked: false,
    rawStd: 7.68,
  },
  playground: {
    id: 'playground',
    title: 'Playground 2.5',
    channels: 4,
    pixelsPerCell: 8,
    normalisation: { kind: 'per-channel', scale: inverse(PLAYGROUND_STD, 0.5), shift: PLAYGROUND_MEAN },
    isPacked: false,
    rawStd: 13.4,
  },
  sd3: {
    id: 'sd3',
    title: 'Stable Diffusion 3',
    channels: 16,
    pixelsPerCell: 8,
    normalisation: uniform(1.5305, 0.0609),
    isPacked: false,
    rawStd: 0.65,
  },
  flux1: {
    id: 'flux1',
    title: 'FLUX.1',
    channels: 16,
    pixelsPerCell: 8,
    normalisation: uniform(0.3611, 0.1159),
    isPacked: true,
    rawStd: 2.77,
  },
  flux2: {
    id: 'flux2',
    title: 'FLUX.2',
    channels: 32,
    pixelsPerCell: 8,
    normalisation: { kind: 'per-patch', scale: inverse(FLUX2_STD), shift: FLUX2_MEAN },
    isPacked: true,
    rawStd: 1.77,
  },
  wan: {
    id: 'wan',
    title: 'Wan and Qwen-Image',
    channels: 16,
    pixelsPerCell: 8,
    normalisation: { kind: 'per-channel', scale: inverse(WAN_STD), shift: WAN_MEAN },
    isPacked: true,
    rawStd: 2.3,
  },
  sana: {
    id: 'sana',
    title: 'Sana',
    channels: 32,
    pixelsPerCell: 32,
    normalisation: uniform(0.41407),
    isPacked: false,
    rawStd: 2.42,
  },
};

/** The families with this many channels (un-patchified), likeliest first where nothing else speaks. */
export const familiesOf = (channels: number): readonly Family[] =>
  (['sdxl', 'sd1', 'playground', 'flux1', 'sd3', 'wan', 'flux2', 'sana'] as const)
    .map((id) => FAMILIES[id])
    .filter((family) => family.channels === channels);

/** Scale and shift of one cell of one channel: `channel` un-patchified, (y, x) the cell. */
export function affineAt(
  family: FamilyId,
  channel: number,
  y: number,
  x: number,
): { scale: number; shift: number } {
  const { normalisation: n } = FAMILIES[family];
  if (n.kind === 'uniform') return { scale: n.scale, shift: n.shift };
  const index = n.kind === 'per-channel' ? channel : 4 * channel + 2 * (y & 1) + (x & 1);
  return { scale: n.scale[index] ?? Number.NaN, shift: n.shift[index] ?? Number.NaN };
}

/**
 * The latent in the wanted space: model = (raw - shift) * scale, raw = model / scale + shift, computed in float64 and rounded
 * once, so that there and back differs by at most one float32 step or two. The same object where nothing changes, else a new one.
 */
export function toSpace(latent: Latent, space: LatentSpace): Latent {
  if (latent.space === space) return latent;
  const { channels, height, width, family, data } = latent;
  const out = new Float32Array(data.length);
  const toModel = space === 'model';
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      const row = (c * height + y) * width;
      // The affine map repeats with period 2 along a row (FLUX.2) or does not change.
      for (let phase = 0; phase < 2; phase++) {
        const { scale, shift } = affineAt(family, c, y, phase);
        for (let x = phase; x < width; x += 2) {
          const value = data[row + x] as number;
          out[row + x] = toModel ? (value - shift) * scale : value / scale + shift;
        }
      }
    }
  }
  return { ...latent, data: out, space };
}
