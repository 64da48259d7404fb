import { isPng } from '../container/png-chunks.ts';
import type { TensorFile } from '../container/tensor.ts';

/** TAESD's 8-bit latents are one pixel per cell; larger ones would be pictures of 8,192 px and more. */
const MAX_SIDE = 1024;

const RGBA = 6;

/** Whether a PNG's header allows an 8-bit latent: small, 8 bits, RGBA. False for other files. */
export function mayBeLatentPng(bytes: Uint8Array): boolean {
  if (!isPng(bytes) || bytes.length < 33) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const isSmall = view.getUint32(16) <= MAX_SIDE && view.getUint32(20) <= MAX_SIDE;
  return isSmall && bytes[24] === 8 && bytes[25] === RGBA;
}

/**
 * Whether a PNG's pixels ([height, width, 4] U8) are an 8-bit latent rather than a picture: the "alpha" is spread around the
 * middle, as a latent's fourth channel is, where a picture's is nearly all 0 or 255.
 */
export function isLatentAlpha(file: TensorFile): boolean {
  const pixels = file.tensors.get('')?.bytes ?? new Uint8Array(0);
  let [middle, ends] = [0, 0];
  for (let at = 3; at < pixels.length; at += 4) {
    const alpha = pixels[at] as number;
    if (alpha === 0 || alpha === 255) ends++;
    else if (alpha >= 48 && alpha <= 208) middle++;
  }
  const cells = pixels.length / 4;
  return middle > 0.8 * cells && ends < 0.05 * cells;
}

/** Whether a PNG is called a latent: "picture.latent.png". Its alpha then has no say. */
export const isNamedLatentPng = (name: string): boolean => /\.latent\.png$/i.test(name);
