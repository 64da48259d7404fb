import { type FamilyId, familyById } from '../families/index.ts';
import type { Latent, LatentSpace } from './latent.ts';

/** Scale and shift of one cell of one channel: `channel` un-patchified, (y, x) the cell. */
export function affineAt(
  family: FamilyId,
  channel: number,
  y: number,
  x: number,
): { scale: number; shift: number } {
  const { normalisation: n } = familyById(family);
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
  const { before, ...alone } = latent;
  return {
    ...alone,
    space,
    data: valuesIn(space, latent, latent.data),
    ...(before && { before: before.map((data) => valuesIn(space, latent, data)) }),
  };
}

function valuesIn(space: LatentSpace, latent: Latent, data: Float32Array): Float32Array {
  const { channels, height, width, family } = latent;
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
  return out;
}
