import { PNG_SIGNATURE, pngChunk } from './png-chunks.ts';

const RGB_BYTES = 3;
const RGBA_BYTES = 4;
const PAETH = 4;

/**
 * Rows of a picture as a PNG holds them before compression: three channels or all four, each row behind the filter that suits photographs
 * (PNG specification 9.2, type 4). `rgba` are `height` rows, `above` the RGBA row before them, or null at the top. Of
 * three channels, alpha is left out.
 */
export function filteredRows(
  rgba: Uint8ClampedArray,
  width: number,
  height: number,
  above: Uint8ClampedArray | null,
  channels: 3 | 4 = RGB_BYTES,
): Uint8Array<ArrayBuffer> {
  const stride = width * RGBA_BYTES;
  const out = new Uint8Array(height * (1 + width * channels));
  const none = new Uint8ClampedArray(stride);
  let at = 0;
  for (let y = 0; y < height; y += 1) {
    const row = rgba.subarray(y * stride, (y + 1) * stride);
    const up = y > 0 ? rgba.subarray((y - 1) * stride, y * stride) : (above ?? none);
    out[at] = PAETH;
    at += 1;
    for (let x = 0; x < stride; x += RGBA_BYTES) {
      for (let c = x; c < x + channels; c += 1) {
        const left = x === 0 ? 0 : (row[c - RGBA_BYTES] as number);
        const over = up[c] as number;
        const corner = x === 0 ? 0 : (up[c - RGBA_BYTES] as number);
        const toLeft = Math.abs(over - corner);
        const toUp = Math.abs(left - corner);
        const toCorner = Math.abs(left + over - 2 * corner);
        const guess = toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? over : corner;
        out[at] = (row[c] as number) - guess;
        at += 1;
      }
    }
  }
  return out;
}

/** True where every pixel of RGBA bytes is opaque, so that three channels say it all. */
export function isOpaque(rgba: Uint8ClampedArray): boolean {
  for (let at = 3; at < rgba.length; at += RGBA_BYTES) if (rgba[at] !== 255) return false;
  return true;
}

/** Colour types of PNG: RGB and RGBA. */
const COLOUR_TYPE = { 3: 2, 4: 6 } as const;

/** The parts of an 8-bit PNG whose compressed rows (zlib) are `data`. */
export function rgbPng(
  width: number,
  height: number,
  data: Uint8Array,
  channels: 3 | 4 = RGB_BYTES,
): readonly Uint8Array[] {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, COLOUR_TYPE[channels], 0, 0, 0], 8);
  return [
    PNG_SIGNATURE,
    pngChunk('IHDR', header),
    pngChunk('IDAT', data),
    pngChunk('IEND', new Uint8Array(0)),
  ];
}
