import { expose, transfer } from 'comlink';
import type { PictureTools } from '../src/contract/picture-tools.ts';
import { installTransferHandlers } from '../src/contract/transfer.ts';
import { gradientEnergy, psnr, ssim } from '../src/core/metrics.ts';
import { fromRgba, type Planes, toRgba } from '../src/core/pixels.ts';
import { resample } from '../src/core/resample.ts';

const tools: PictureTools = {
  async compare(picture, reference) {
    const a = planesOf(picture);
    const b = planesOf(reference);
    return { psnr: psnr(a, b), ssim: ssim(a, b) };
  },

  detail: async (picture) => gradientEnergy(planesOf(picture)),

  async openTiff(bytes) {
    const { readTiff } = await import('./read-tiff.ts');
    const { data, width, height } = readTiff(bytes);
    const bitmap = await createImageBitmap(new ImageData(data, width, height));
    return transfer(bitmap, [bitmap]);
  },

  async reduce(picture, width, height) {
    const reduced = resample(planesOf(picture), { height, width }, 'bicubic');
    const canvas = new OffscreenCanvas(width, height);
    contextOf(canvas).putImageData(new ImageData(toRgba(reduced, 'unit'), width, height), 0, 0);
    const bitmap = canvas.transferToImageBitmap();
    return transfer(bitmap, [bitmap]);
  },
};

function contextOf(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('no 2D canvas in this worker');
  return context;
}

function planesOf(bitmap: ImageBitmap): Planes {
  const { width, height } = bitmap;
  const context = contextOf(new OffscreenCanvas(width, height));
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return fromRgba(context.getImageData(0, 0, width, height).data, height, width, 'unit');
}

installTransferHandlers();
expose(tools);
