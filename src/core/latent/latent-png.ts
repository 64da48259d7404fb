import { openTensorFile } from '../container/open-tensor-file.ts';
import { isPng } from '../container/png-chunks.ts';

/** TAESD's 8-bit latents are one pixel per cell; larger ones would be pictures of 8,192 px and more. */
const MAX_SIDE = 1024;

/**
 * Whether a PNG's pixels are an 8-bit latent rather than a picture: RGBA whose "alpha" is spread around the middle, as a latent's
 * fourth channel is, where a picture's is nearly all 0 or 255. False for whatever is no readable PNG.
 */
export function isLatentPng(bytes: Uint8Array): boolean {
  if (!isPng(bytes) || bytes.length < 33) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const isSmallRgba = view.getUint32(16) <= MAX_SIDE && view.getUint32(20) <= MAX_SIDE && bytes[25] === 6;
  if (!isSmallRgba) return false;
  let pixels: Uint8Array;
  try {
    pixels = openTensorFile(bytes).tensors.get('')?.bytes ?? new Uint8Array(0);
  } catch {
    return false;
  }
  let [middle, ends] = [0, 0];
  for (let at = 3; at < pixels.length; at += 4) {
    const alpha = pixels[at] as number;
    if (alpha === 0 || alpha === 255) ends++;
    else if (alpha >= 48 && alpha <= 208) middle++;
  }
  const cells = pixels.length / 4;
  return middle > 0.8 * cells && ends < 0.05 * cells;
}
