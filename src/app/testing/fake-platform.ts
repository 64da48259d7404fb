import { openFile } from '../../core/open-file.ts';
import type { Platform } from '../run/platform.ts';
import { fakeBitmap } from './fake-engine-client.ts';
import { latentBytes } from './latent-bytes.ts';

/** A browser of which nothing is asked but small latents and blank pictures. */
export const FAKE_PLATFORM: Platform = {
  pageUrl: 'https://example.org/',
  ask: async () => false,
  readFile: async (file, name, override) =>
    openFile(new Uint8Array(await file.arrayBuffer()), name, override),
  fetchBytes: async () => latentBytes(8, 8),
  decodePicture: async () => fakeBitmap(64, 48),
  preparePicture: async (_blob, { referenceFactor }) => ({
    picture: fakeBitmap(64 / (referenceFactor ?? 1), 48 / (referenceFactor ?? 1)),
    reference: referenceFactor === null ? null : fakeBitmap(64, 48),
  }),
  bitmapOf: async ({ width, height }) => fakeBitmap(width, height),
  copyBitmap: async ({ width, height }) => fakeBitmap(width, height),
  createCanvas: () => ({ getContext: () => null }) as unknown as OffscreenCanvas,
  compare: async () => ({ psnr: 30, ssim: 0.9 }),
  stretch: async (picture) => fakeBitmap(2 * picture.width, 2 * picture.height),
  detail: async (picture) => picture.width,
};
