import { toFloat32 } from '../../src/core/container/to-float32.ts';
import { AppError } from '../../src/core/errors.ts';
import type { FamilyId, LatentSpace } from '../../src/core/latent/latent.ts';
import type { Dims, LatentInput, TensorLike } from './engine-types.ts';

/** A latent whose shape has been checked, its values where they are. */
export interface CheckedLatent {
  readonly values: Float32Array | { readonly buffer: GPUBuffer; readonly type: 'float32' | 'float16' };
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly space: LatentSpace;
  readonly family: FamilyId;
  /** A video's frames before it, and which of its frame's pictures is meant, as a Latent tells them. */
  readonly before?: readonly Float32Array[];
  readonly moment?: number;
}

const refuse = (message: string): AppError => new AppError('latent/shape', message);

function sizesOf(dims: Dims): readonly [channels: number, height: number, width: number] {
  const [batch, channels = 0, height = 0, width = 0] = dims.length === 3 ? [1, ...dims] : dims;
  const isWhole = dims.every((side) => Number.isSafeInteger(side) && side > 0);
  if (isWhole && batch === 1 && (dims.length === 3 || dims.length === 4)) return [channels, height, width];
  const what = `The latent's dims are [${dims.join(', ')}]; [1, C, H, W] or [C, H, W] was expected.`;
  throw refuse(isWhole && dims.length === 4 ? `${what} Hand the items of a batch over one by one.` : what);
}

function floatsOf(data: unknown): Float32Array {
  if (data instanceof Float32Array) return data;
  const isHalf =
    data instanceof Uint16Array || Object.prototype.toString.call(data) === '[object Float16Array]';
  if (!isHalf) {
    throw refuse(
      `The latent's values are ${Object.prototype.toString.call(data)}; a Float32Array, Float16Array or Uint16Array (float16 bits) was expected.`,
    );
  }
  const { buffer, byteOffset, byteLength, length } = data as Uint16Array;
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  return toFloat32({ name: '', dtype: 'F16', shape: [length], bytes });
}

/** The getters of a tensor throw where its values are not: none is asked before its location is known. */
function ofTensor(tensor: TensorLike): CheckedLatent['values'] {
  const { type, location } = tensor;
  if (type !== 'float32' && type !== 'float16') {
    throw refuse(`The latent is a tensor of ${type}; float32 or float16 was expected.`);
  }
  if (location === 'gpu-buffer') return { buffer: tensor.gpuBuffer as GPUBuffer, type };
  if (location === 'cpu' || location === 'cpu-pinned') return floatsOf(tensor.data);
  throw refuse(
    `The latent's tensor lies in "${location}"; "cpu" or "gpu-buffer" was expected. Ask for preferredOutputLocation: 'gpu-buffer'.`,
  );
}

/** Asks shape and kind of what was handed over; throws latent/shape. `family` is taken where the input names none. */
export function checkInput(input: LatentInput, family: FamilyId): CheckedLatent {
  const space = input.space as unknown;
  if (space !== 'model' && space !== 'raw') {
    throw refuse(
      `The latent's space is ${JSON.stringify(space)}; say "model" for values as the diffusion model works with them, "raw" for those of its autoencoder.`,
    );
  }
  const common = { space, family: input.family ?? family } as const;
  if ('channels' in input) {
    const { channels, height, width } = input;
    const { before = [], moment } = input;
    const dims = [channels, height, width];
    for (const frame of before) check(frame, dims, common);
    return {
      ...check(floatsOf(input.data), dims, common),
      ...(before.length > 0 && { before }),
      ...(moment !== undefined && { moment }),
    };
  }
  if ('tensor' in input) return check(ofTensor(input.tensor), input.tensor.dims, common);
  if ('buffer' in input) {
    return check({ buffer: input.buffer, type: input.type ?? 'float32' }, input.dims, common);
  }
  return check(floatsOf(input.data), input.dims, common);
}

function check(
  values: CheckedLatent['values'],
  dims: Dims,
  common: Pick<CheckedLatent, 'space' | 'family'>,
): CheckedLatent {
  const [channels, height, width] = sizesOf(dims);
  const count = channels * height * width;
  const shape = `[${dims.join(', ')}]`;
  if (values instanceof Float32Array) {
    if (values.length !== count) {
      throw refuse(
        `The latent has ${values.length} values, but dims ${shape} are ${count}. Correct one of them.`,
      );
    }
  } else {
    const bytes = count * (values.type === 'float16' ? 2 : 4);
    if (values.buffer.size < bytes) {
      throw refuse(
        `The latent's buffer has ${values.buffer.size} bytes, but dims ${shape} of ${values.type} are ${bytes}. Correct dims or type.`,
      );
    }
  }
  return { values, channels, height, width, ...common };
}
