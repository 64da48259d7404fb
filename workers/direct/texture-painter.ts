import { AppError } from '../../src/core/errors.ts';
import type { GpuTensor } from '../gpu/gpu-tensor.ts';
import { PRESENT } from '../gpu/shaders.ts';
import type { Painter } from '../pipeline/compute.ts';
import { BLIT } from './convert-shaders.ts';

const FORMAT: GPUTextureFormat = 'rgba8unorm';

/** A picture that is painted into a texture, tile by tile. */
export interface TexturePainter extends Painter<GpuTensor> {
  readonly texture: GPUTexture;
  dispose(): void;
}

function pipelineOf(device: GPUDevice, code: string, format: GPUTextureFormat): GPURenderPipeline {
  const module = device.createShaderModule({ code });
  return device.createRenderPipeline({
    layout: 'auto',
    vertex: { module, entryPoint: 'corner' },
    fragment: { module, entryPoint: 'colour', targets: [{ format }] },
  });
}
function draw(
  device: GPUDevice,
  view: GPUTextureView,
  pipeline: GPURenderPipeline,
  entries: GPUBindGroupEntry[],
  rect: { readonly x: number; readonly y: number; readonly width: number; readonly height: number } | null,
): void {
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginRenderPass({
    colorAttachments: [{ view, loadOp: 'load', storeOp: 'store' }],
  });
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  if (rect !== null) pass.setScissorRect(rect.x, rect.y, rect.width, rect.height);
  pass.draw(3);
  pass.end();
  device.queue.submit([encoder.finish()]);
}

/** Paints tensors of one device into textures, and those on canvases; nothing leaves the device. */
export function createTexturePresenter(device: GPUDevice): {
  open(height: number, width: number): TexturePainter;
  show(texture: GPUTexture, canvas: HTMLCanvasElement | OffscreenCanvas): void;
} {
  const present = pipelineOf(device, PRESENT, FORMAT);
  let blit: GPURenderPipeline | null = null;

  return {
    open(height, width) {
      const limit = device.limits.maxTextureDimension2D;
      if (Math.max(height, width) > limit) {
        throw new AppError(
          'gpu/out-of-memory',
          `A picture of ${width}x${height} pixels is beyond this device's limit of ${limit}. Ask for the adapter's maxTextureDimension2D in requestDevice, or use a smaller scale.`,
        );
      }
      const texture = device.createTexture({
        size: [width, height],
        format: FORMAT,
        usage: GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_SRC | GPUTextureUsage.RENDER_ATTACHMENT,
      });
      return {
        texture,
        async paint(source, from, range, at) {
          const params = new ArrayBuffer(32);
          new Uint32Array(params).set([source.width, source.height, from.x, from.y, at.x, at.y]);
          new Float32Array(params).set(range === 'unit' ? [1, 0] : [0.5, 0.5], 6);
          const uniform = device.createBuffer({
            size: 32,
            usage: GPUBufferUsage.UNIFORM,
            mappedAtCreation: true,
          });
          new Uint8Array(uniform.getMappedRange()).set(new Uint8Array(params));
          uniform.unmap();
          const entries = [uniform, source.buffer].map((buffer, binding) => ({
            binding,
            resource: { buffer },
          }));
          draw(device, texture.createView(), present, entries, {
            ...at,
            width: from.width,
            height: from.height,
          });
          uniform.destroy();
          return null;
        },
        dispose: () => texture.destroy(),
      };
    },
    show(texture, canvas) {
      canvas.width = texture.width;
      canvas.height = texture.height;
      const context = canvas.getContext('webgpu') as GPUCanvasContext | null;
      if (context === null) {
        throw new AppError(
          'gpu/unavailable',
          'The canvas gave no WebGPU context: it has a context of another kind. Use a fresh canvas.',
        );
      }
      const format = navigator.gpu.getPreferredCanvasFormat();
      context.configure({ device, format, alphaMode: 'opaque' });
      blit ??= pipelineOf(device, BLIT, format);
      const entries = [{ binding: 0, resource: texture.createView() }];
      draw(device, context.getCurrentTexture().createView(), blit, entries, null);
    },
  };
}
