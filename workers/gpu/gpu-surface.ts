import { AppError } from '../../src/core/errors.ts';
import type { PixelRange } from '../../src/core/pixels.ts';
import type { Rect } from '../../src/core/tiles.ts';
import type { Surface } from '../pipeline/compute.ts';
import type { GpuTensor } from './gpu-tensor.ts';
import { PRESENT, PRESENT_ALPHA } from './shaders.ts';

const FORMAT: GPUTextureFormat = 'rgba8unorm';

/** A picture that is put together. */
interface Gathered {
  readonly canvas: OffscreenCanvas;
  readonly context: OffscreenCanvasRenderingContext2D;
  release(): void;
}

function gather(height: number, width: number, alpha: boolean): Gathered {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { alpha });
  if (context === null) {
    throw new AppError(
      'gpu/out-of-memory',
      `The browser gave no canvas of ${width}x${height} pixels. Try a smaller scale.`,
    );
  }
  function release(): void {
    canvas.width = 0;
    canvas.height = 0;
  }
  return { canvas, context, release };
}

/** Draws `from` of a tensor as a picture of its own. */
type Draw = (source: GpuTensor, from: Rect, range: PixelRange) => ImageBitmap;

function pipelineOf(device: GPUDevice, code: string): GPURenderPipeline {
  const module = device.createShaderModule({ code });
  return device.createRenderPipeline({
    layout: 'auto',
    vertex: { module, entryPoint: 'corner' },
    fragment: { module, entryPoint: 'colour', targets: [{ format: FORMAT }] },
  });
}

function createDraw(device: GPUDevice): Draw {
  const opaque = pipelineOf(device, PRESENT);
  let withAlpha: GPURenderPipeline | null = null;
  return (source, from, range) => {
    const hasAlpha = source.channels === 4;
    if (hasAlpha) withAlpha ??= pipelineOf(device, PRESENT_ALPHA);
    const pipeline = hasAlpha && withAlpha !== null ? withAlpha : opaque;
    const canvas = new OffscreenCanvas(from.width, from.height);
    const context = canvas.getContext('webgpu');
    if (context === null) {
      throw new AppError('gpu/unavailable', 'The browser gave no WebGPU canvas in the worker.');
    }
    context.configure({ device, format: FORMAT, alphaMode: hasAlpha ? 'premultiplied' : 'opaque' });
    const params = new ArrayBuffer(32);
    new Uint32Array(params).set([source.width, source.height, from.x, from.y]);
    new Float32Array(params).set(range === 'unit' ? [1, 0] : [0.5, 0.5], 6);
    const uniform = device.createBuffer({
      size: 32,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    });
    device.queue.writeBuffer(uniform, 0, params);
    const bindings = device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: [
        { binding: 0, resource: { buffer: uniform } },
        { binding: 1, resource: { buffer: source.buffer } },
      ],
    });
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginRenderPass({
      colorAttachments: [
        { view: context.getCurrentTexture().createView(), loadOp: 'clear', storeOp: 'store' },
      ],
    });
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindings);
    pass.draw(3);
    pass.end();
    device.queue.submit([encoder.finish()]);
    uniform.destroy();
    return canvas.transferToImageBitmap();
  };
}

/**
 * Draws tensors of one device. Each piece has a canvas of its own; a picture of several is put together on a plain canvas, which unlike a
 * WebGPU one keeps what is on it between tasks. So no picture ever exists twice on the GPU: a 4x one has hundreds of megabytes.
 */
export function createPresenter(device: GPUDevice): {
  createSurface(height: number, width: number): Surface<GpuTensor, ImageBitmap>;
} {
  const draw = createDraw(device);
  return {
    createSurface(height, width) {
      const limit = device.limits.maxTextureDimension2D;
      let whole: Gathered | null = null;
      let last: ImageBitmap | null = null;
      function dispose(): void {
        last?.close();
        last = null;
        whole?.release();
        whole = null;
      }
      return {
        async paint(source, from, range, at, wantsCopy) {
          if (Math.max(from.height, from.width) > limit) {
            throw new AppError(
              'gpu/out-of-memory',
              `A picture of ${from.width}x${from.height} pixels is beyond this GPU's limit of ${limit}. Try a smaller scale.`,
            );
          }
          const piece = draw(source, from, range);
          if (from.height === height && from.width === width) {
            dispose();
            last = piece;
            return wantsCopy ? createImageBitmap(piece) : null;
          }
          whole ??= gather(height, width, source.channels === 4);
          whole.context.drawImage(piece, at.x, at.y);
          if (wantsCopy) return piece;
          piece.close();
          return null;
        },
        finish() {
          const picture = last ?? (whole ?? gather(height, width, false)).canvas.transferToImageBitmap();
          last = null;
          dispose();
          return picture;
        },
        dispose,
      };
    },
  };
}
