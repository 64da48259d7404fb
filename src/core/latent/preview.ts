import { familyById } from '../families/index.ts';
import type { Latent } from './latent.ts';
import { toSpace } from './to-space.ts';

/** One pixel per latent cell, RGBA, opaque; ready for an ImageData. */
export interface Preview {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/**
 * The linear look of a latent without any model: rgb = latent * factors + bias in model space, shown as (rgb + 1) / 2
 * (ComfyUI, latent_preview.py). Null for families without factors. NaN shows black. Under 5 ms for 128 x 128 cells.
 */
export async function previewLatent(latent: Latent): Promise<Preview | null> {
  const { preview } = familyById(latent.family);
  const table = typeof preview === 'function' ? await preview() : preview;
  if (table === null) return null;
  const { data, channels, height, width } = toSpace(latent, 'model');
  const cells = height * width;
  const planes = table.bias.map((bias) => new Float32Array(cells).fill(bias));
  for (let c = 0; c < channels; c++) {
    const plane = data.subarray(c * cells, (c + 1) * cells);
    const factors = table.factors[c] ?? [0, 0, 0];
    for (const [j, sum] of planes.entries()) {
      const factor = factors[j] as number;
      for (let i = 0; i < cells; i++) sum[i] = (sum[i] as number) + factor * (plane[i] as number);
    }
  }
  const out = new Uint8ClampedArray(4 * cells).fill(255);
  for (const [j, sum] of planes.entries()) {
    for (let i = 0; i < cells; i++) out[4 * i + j] = ((sum[i] as number) + 1) * 127.5;
  }
  return { width, height, data: out };
}
