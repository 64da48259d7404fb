import { AppError } from '../../src/core/errors.ts';
import type { Surface } from '../pipeline/compute.ts';
import type { GpuTensor } from './gpu-tensor.ts';
import { PRESENT } from './shaders.ts';

const FORMAT: GPUTextureFormat = 'rgba8unorm';

/** Draws tensors on canvases and textures of one device. */
export function createPresenter(device: GPUDevice): {
  createSurface(height: number, width: number): Surface<GpuTensor, ImageBitmap>;
} {
  const module = device.createShaderModule({ code: PRESENT });
  const pipeline = device.createRenderPipeline({
    layout: 'auto',
    vertex: { module, entryPoint: 'corner' },
    fragment: { module, entryPoint: 'colour', targets: [{ format: FORMAT }] },
  });

  function draw(
    target: GPUTexture,
    loadOp: GPULoadOp,
    [source, from, range, at]: Parameters<Surface<GpuTensor, ImageBitmap>['paint']>,
  ): void {
    const params = new ArrayBuffer(32);
    new Uint32Array(params).set([source.width, source.height, from.x, from.y, at.x, at.y]);
    new Float32Array(params).set(range === 'unit' ? [1, 0] : [0.5, 0.5], 6);
    const uniform = device.createBuffer({
      size: 32,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    });
    device.queue.writeBuffer(uniform, 0, params);
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginRenderPass({
      colorAttachments: [{ view: target.createView(), loadOp, storeOp: 'store' }],
    });
    pass.setPipeline(pipeline);
    pass.setBindGroup(
      0,
      device.createBindGroup({
        layout: pipeline.getBindGroupLayout(0),
        entries: [
          { binding: 0, resource: { buffer: uniform } },
          { binding: 1, resource: { buffer: source.buffer } },
        ],
      }),
    );
    pass.setScissorRect(at.x, at.y, from.width, from.height);
    pass.draw(3);
    pass.end();
    device.queue.submit([encoder.finish()]);
    uniform.destroy();
  }

  function openCanvas(height: number, width: number): { canvas: OffscreenCanvas; texture: GPUTexture } {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('webgpu');
    if (context === null)
      throw new AppError('gpu/unavailable', 'The browser gave no WebGPU canvas in the worker.');
    context.configure({
      device,
      format: FORMAT,
      alphaMode: 'opaque',
      usage: GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.COPY_DST,
    });
    return { canvas, texture: context.getCurrentTexture() };
  }

  return {
    createSurface(height, width) {
      const limit = device.limits.maxTextureDimension2D;
      if (Math.max(height, width) > limit)
        throw new AppError(
          'gpu/out-of-memory',
          `A picture of ${width}x${height} pixels is beyond this GPU's limit of ${limit}. Try a smaller scale.`,
        );
      // A canvas forgets its texture between tasks: tiles gather on one of our own.
      const whole = device.createTexture({
        size: [width, height],
        format: FORMAT,
        usage: GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.COPY_SRC,
      });
      return {
        async paint(source, from, range, at, wantsCopy) {
          draw(whole, 'load', [source, from, range, at, wantsCopy]);
          if (!wantsCopy) return null;
          const { canvas, texture } = openCanvas(from.height, from.width);
          draw(texture, 'clear', [source, from, range, { y: 0, x: 0 }, wantsCopy]);
          return canvas.transferToImageBitmap();
        },
        finish() {
          const { canvas, texture } = openCanvas(height, width);
          const encoder = device.createCommandEncoder();
          encoder.copyTextureToTexture({ texture: whole }, { texture }, [width, height]);
          device.queue.submit([encoder.finish()]);
          whole.destroy();
          return canvas.transferToImageBitmap();
        },
        dispose: () => whole.destroy(),
      };
    },
  };
}
