import { AppError } from '../errors.ts';

/** A block of planes: `data` is [channels, height, width] in C order. */
export interface Planes {
  readonly data: Float32Array;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/**
 * 2x2 cells into channels: p[4c + 2u + v, i, j] = r[c, 2i + u, 2j + v] (FLUX.2's patchify; black-forest-labs/flux2,
 * autoencoder.py). [C, H, W] -> [4C, H/2, W/2]. Throws latent/shape where a side is odd.
 */
export function patchify(r: Planes): Planes {
  if (r.height % 2 !== 0 || r.width % 2 !== 0) {
    throw new AppError(
      'latent/shape',
      `A latent of ${r.width} x ${r.height} cells cannot be packed 2 x 2; both sides must be even. Choose an unpacked format.`,
    );
  }
  const out = { channels: 4 * r.channels, height: r.height / 2, width: r.width / 2 };
  const data = new Float32Array(r.data.length);
  eachCell(r, out, (flat, packed) => {
    data[packed] = r.data[flat] as number;
  });
  return { ...out, data };
}

/** The exact inverse of `patchify`: [4C, h, w] -> [C, 2h, 2w]. Throws latent/shape where the channels are no multiple of 4. */
export function unpatchify(p: Planes): Planes {
  if (p.channels % 4 !== 0) {
    throw new AppError(
      'latent/shape',
      `${p.channels} channels cannot be unpacked 2 x 2; expected a multiple of 4.`,
    );
  }
  const out = { channels: p.channels / 4, height: 2 * p.height, width: 2 * p.width };
  const data = new Float32Array(p.data.length);
  eachCell(out, p, (flat, packed) => {
    data[flat] = p.data[packed] as number;
  });
  return { ...out, data };
}

type Size = Omit<Planes, 'data'>;

function eachCell(flat: Size, packed: Size, visit: (flat: number, packed: number) => void): void {
  for (let c = 0; c < flat.channels; c++) {
    for (let y = 0; y < flat.height; y++) {
      const row = (c * flat.height + y) * flat.width;
      for (let v = 0; v < 2; v++) {
        const k = 4 * c + 2 * (y & 1) + v;
        let at = (k * packed.height + (y >> 1)) * packed.width;
        for (let x = v; x < flat.width; x += 2) visit(row + x, at++);
      }
    }
  }
}
