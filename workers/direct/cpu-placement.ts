import { AppError } from '../../src/core/errors.ts';
import type { LatentSpace } from '../../src/core/latent/latent.ts';
import { toSpace } from '../../src/core/latent/to-space.ts';
import { toRgba } from '../../src/core/pixels.ts';
import { createCanvasSurface } from '../cpu/canvas-surface.ts';
import { type CpuTensor, createCpuCompute } from '../cpu/cpu-compute.ts';
import { createCpuSessions } from '../ort/cpu-sessions.ts';
import type { Ort } from '../ort/ort-module.ts';
import { deviceLatentOf } from '../pipeline/latent-step.ts';
import type { CheckedLatent } from './check-input.ts';
import type { InMemory } from './engine-types.ts';
import { noCanvas, type Picture, type Placement } from './placement.ts';

const tensorOf = (planes: Omit<CpuTensor, 'dispose'>): CpuTensor => ({ ...planes, dispose: () => {} });

/** Everything in memory, for a page without a GPU and for Node. */
export function placeOnCpu(ort: Ort, memoryShare: number): Placement<CpuTensor, InMemory> {
  const compute = createCpuCompute(createCpuSessions(ort), {
    createSurface: createCanvasSurface,
    memoryShare,
  });
  return {
    compute,
    startCall: () => {},
    async place({ values, space: from, ...rest }: CheckedLatent, space: LatentSpace) {
      if (!(values instanceof Float32Array)) {
        throw new AppError(
          'gpu/unavailable',
          'The latent lies in a GPUBuffer, but this engine was created without a device. Pass createEngine the device that made the buffer.',
        );
      }
      return deviceLatentOf(toSpace({ ...rest, data: values, space: from }, space), tensorOf);
    },
    convert: (tensor, family, from, to) => tensorOf(toSpace({ ...tensor, family, space: from }, to)),
    give: ({ data, channels, height, width }) => ({ data, dims: [1, channels, height, width] }),
    read: async ({ data }) => data,
    pictures: { open: memoryPicture },
  };
}

/** A picture as RGBA bytes; canvases come in at the end, so that Node can paint too. */
function memoryPicture(height: number, width: number): Picture<CpuTensor> {
  const data = new Uint8ClampedArray(height * width * 4);
  const asImage = (): ImageData => new ImageData(data, width, height);
  function paintOn(canvas: HTMLCanvasElement | OffscreenCanvas): void {
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext('2d') as
      | CanvasRenderingContext2D
      | OffscreenCanvasRenderingContext2D
      | null;
    if (context === null) {
      throw new AppError(
        'engine/run',
        'The canvas gave no 2D context: it has a context of another kind. Use a fresh canvas.',
      );
    }
    context.putImageData(asImage(), 0, 0);
  }
  return {
    painter: {
      async paint(source, from, range, at) {
        const piece = toRgba(source, range, from);
        for (let y = 0; y < from.height; y += 1) {
          data.set(
            piece.subarray(y * from.width * 4, (y + 1) * from.width * 4),
            ((at.y + y) * width + at.x) * 4,
          );
        }
        return null;
      },
    },
    toPixels: async () => ({ data, width, height }),
    toBitmap() {
      if (typeof OffscreenCanvas === 'undefined') throw noCanvas();
      return createImageBitmap(asImage());
    },
    paintOn,
    dispose: () => {},
  };
}
