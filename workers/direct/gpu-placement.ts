import { AppError } from '../../src/core/errors.ts';
import type { FamilyId, LatentSpace } from '../../src/core/latent/latent.ts';
import { affineAt, toSpace } from '../../src/core/latent/to-space.ts';
import { createGpuCompute } from '../gpu/gpu-compute.ts';
import type { GpuTensor } from '../gpu/gpu-tensor.ts';
import { createKernels } from '../gpu/kernels.ts';
import type { Ort } from '../ort/ort-module.ts';
import { createWebgpuSessions } from '../ort/webgpu-sessions.ts';
import type { Call } from '../pipeline/call.ts';
import { deviceLatentOf } from '../pipeline/latent-step.ts';
import { borrowDevice } from './borrow-device.ts';
import type { CheckedLatent } from './check-input.ts';
import { AFFINE, WIDEN } from './convert-shaders.ts';
import type { OnGpu } from './engine-types.ts';
import { noCanvas, type Picture, type Placement } from './placement.ts';
import { createTexturePresenter, type TexturePainter } from './texture-painter.ts';

/** A picture that is a texture. */
export interface TexturePicture extends Picture<GpuTensor> {
  readonly painter: TexturePainter;
}

/** Scale and shift by channel and parity that lead from one space of a family to the other. */
function coefficients(
  family: FamilyId,
  channels: number,
  to: LatentSpace,
): [Float32Array<ArrayBuffer>, Float32Array<ArrayBuffer>] {
  const scales = new Float32Array(4 * channels);
  const shifts = new Float32Array(4 * channels);
  for (let k = 0; k < 4 * channels; k += 1) {
    const { scale, shift } = affineAt(family, k >> 2, (k >> 1) & 1, k & 1);
    scales[k] = to === 'model' ? scale : 1 / scale;
    shifts[k] = to === 'model' ? -shift * scale : shift;
  }
  return [scales, shifts];
}

/** The runtime's kernels read whole vec4s, up to 12 bytes past the last value. */
const canBind = ({ size, usage }: GPUBuffer, bytes: number): boolean =>
  size >= Math.ceil(bytes / 16) * 16 && (usage & GPUBufferUsage.STORAGE) !== 0;

function copied(device: GPUDevice, source: GPUBuffer, bytes: number, into: GpuTensor): GpuTensor {
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(source, 0, into.buffer, 0, bytes);
  device.queue.submit([encoder.finish()]);
  return into;
}

/** A buffer of another device is no error until it is used, and then one that names nothing. */
async function requireOwn(device: GPUDevice, buffer: GPUBuffer): Promise<void> {
  const layout = device.createBindGroupLayout({
    entries: [{ binding: 0, visibility: GPUShaderStage.COMPUTE, buffer: { type: 'read-only-storage' } }],
  });
  device.pushErrorScope('validation');
  device.createBindGroup({ layout, entries: [{ binding: 0, resource: { buffer } }] });
  const error = await device.popErrorScope();
  if (error !== null) {
    throw new AppError(
      'engine/run',
      `The latent's buffer cannot be used on the engine's device: ${error.message} Create the engine with the device that made the buffer, and the buffer with usage STORAGE.`,
    );
  }
}

/** Everything on the caller's device; nothing comes back but through `read`, `toPixels` and the test of f16. */
export function placeOnGpu(
  ort: Ort,
  device: GPUDevice,
  memoryShare: number,
): Placement<GpuTensor, OnGpu> & {
  readonly pictures: { open(height: number, width: number): TexturePicture };
} {
  const opened = borrowDevice(device);
  const compute = createGpuCompute(createWebgpuSessions(ort, device), opened, { memoryShare });
  const kernel = createKernels(device);
  const presenter = createTexturePresenter(device);

  function convert(
    tensor: GpuTensor,
    family: FamilyId,
    from: LatentSpace,
    to: LatentSpace,
    call: Call,
  ): GpuTensor {
    if (from === to) return tensor;
    const { channels, height, width } = tensor;
    const target = call.own(compute.zeros(channels, height, width));
    const constants = coefficients(family, channels, to);
    kernel(AFFINE, { source: tensor, target, channels, grid: target, constants });
    return target;
  }

  async function place(latent: CheckedLatent, space: LatentSpace, call: Call) {
    const { values, channels, height, width, family } = latent;
    if (values instanceof Float32Array) {
      return deviceLatentOf(toSpace({ ...latent, data: values }, space), (planes) =>
        call.own(compute.upload(planes)),
      );
    }
    const { buffer, type } = values;
    await requireOwn(device, buffer);
    const borrowed: GpuTensor = { buffer, channels, height, width, dispose: () => {} };
    const bytes = channels * height * width * 4;
    let tensor = borrowed;
    if (type === 'float16') {
      tensor = call.own(compute.zeros(channels, height, width));
      kernel(WIDEN, { source: borrowed, target: tensor, channels, grid: tensor });
    } else if (!canBind(buffer, bytes)) {
      tensor = copied(device, buffer, bytes, call.own(compute.zeros(channels, height, width)));
    }
    return { tensor: convert(tensor, family, latent.space, space, call), family, space };
  }

  return {
    compute,
    startCall: opened.startCall,
    place,
    convert,
    give(tensor) {
      const { channels, height, width } = tensor;
      // A copy of its own: the runtime's buffer goes back to the runtime, whose session may end before the caller is done.
      const { buffer } = copied(
        device,
        tensor.buffer,
        channels * height * width * 4,
        compute.zeros(channels, height, width),
      );
      return { buffer, dims: [1, channels, height, width] };
    },
    async read({ buffer, dims }) {
      const [, channels = 0, height = 0, width = 0] = dims;
      return (await compute.download({ buffer, channels, height, width, dispose: () => {} })).data;
    },
    pictures: { open: (height, width) => texturePicture(device, presenter, height, width) },
  };
}

/** Bytes of a row in a copy must be a multiple of this. */
const ROW_STEP = 256;

async function readTexture(device: GPUDevice, texture: GPUTexture): Promise<Uint8ClampedArray<ArrayBuffer>> {
  const { width, height } = texture;
  const bytesPerRow = Math.ceil((width * 4) / ROW_STEP) * ROW_STEP;
  const staging = device.createBuffer({
    size: bytesPerRow * height,
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  });
  try {
    const encoder = device.createCommandEncoder();
    encoder.copyTextureToBuffer({ texture }, { buffer: staging, bytesPerRow }, [width, height]);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    const padded = new Uint8Array(staging.getMappedRange());
    const rgba = new Uint8ClampedArray(width * height * 4);
    for (let y = 0; y < height; y += 1) {
      rgba.set(padded.subarray(y * bytesPerRow, y * bytesPerRow + width * 4), y * width * 4);
    }
    return rgba;
  } finally {
    staging.destroy();
  }
}

function texturePicture(
  device: GPUDevice,
  presenter: ReturnType<typeof createTexturePresenter>,
  height: number,
  width: number,
): TexturePicture {
  const painter = presenter.open(height, width);
  return {
    painter,
    toPixels: async () => ({ data: await readTexture(device, painter.texture), width, height }),
    toBitmap() {
      if (typeof OffscreenCanvas === 'undefined') throw noCanvas();
      const canvas = new OffscreenCanvas(width, height);
      presenter.show(painter.texture, canvas);
      return canvas.transferToImageBitmap();
    },
    paintOn: (canvas) => presenter.show(painter.texture, canvas),
    dispose: painter.dispose,
  };
}
