import { AppError } from '../../src/core/errors.ts';
import { toRgba } from '../../src/core/pixels.ts';
import type { Surface } from '../pipeline/compute.ts';
import type { CpuTensor } from './cpu-compute.ts';

const gone = (height: number, width: number): AppError =>
  new AppError(
    'engine/out-of-memory',
    `The browser gave no canvas of ${width}x${height} pixels. Try a smaller scale.`,
  );

/** A picture put together on an OffscreenCanvas, which is opaque unless the first piece has a plane of opacity. */
export function createCanvasSurface(height: number, width: number): Surface<CpuTensor, ImageBitmap> {
  const canvas = new OffscreenCanvas(width, height);
  let context: OffscreenCanvasRenderingContext2D | null = null;
  return {
    async paint(source, from, range, at, wantsCopy) {
      // Kept in memory: uploading each tile to a GPU only to have it taken off again costs more than it saves.
      context ??= canvas.getContext('2d', { alpha: source.channels === 4, willReadFrequently: true });
      if (context === null) throw gone(height, width);
      const piece = new ImageData(toRgba(source, range, from), from.width, from.height);
      context.putImageData(piece, at.x, at.y);
      return wantsCopy ? createImageBitmap(piece) : null;
    },
    finish: () => canvas.transferToImageBitmap(),
    dispose() {
      canvas.width = 0;
      canvas.height = 0;
    },
  };
}
