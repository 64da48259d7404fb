import type { DType, FileTensor } from '../container/tensor.ts';
import { toFloat16 } from '../container/to-float16.ts';
import { writeNpy } from '../container/write-npy.ts';
import { writeSafetensors } from '../container/write-safetensors.ts';
import { familyById } from '../families/index.ts';
import type { Axes } from './axes.ts';
import type { Latent, LatentSpace } from './latent.ts';
import { layOut } from './layout.ts';
import { patchify } from './patches.ts';
import type { Reading } from './reading.ts';
import { toSpace } from './to-space.ts';

/** How a latent is to be written. */
export interface LatentFormat {
  readonly container: 'npy' | 'safetensors' | 'comfy';
  /** ComfyUI's files are always F32. */
  readonly dtype: 'F16' | 'F32';
  readonly space: LatentSpace;
  readonly axes: Axes;
  /** 2x2 patches in the channels (tokens are patches too, with axes "nc" or "bnc"). */
  readonly isPatched: boolean;
  /** The tensor's name in a safetensors file. */
  readonly tensor: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export const SUFFIX: Readonly<Record<LatentFormat['container'], string>> = {
  npy: '.npy',
  safetensors: '.safetensors',
  comfy: '.latent',
};

const HALF: ReadonlySet<DType> = new Set(['F16', 'BF16', 'F8_E4M3', 'F8_E5M2', 'F8_E4M3FNUZ', 'F8_E5M2FNUZ']);

/**
 * The format that a file came in: container (.npz, .pt and PNG become .npy), space, axes, packing and tensor name. bfloat16 and
 * 8-bit floats become F16, wider kinds F32.
 */
export function formatOf(reading: Reading): LatentFormat {
  const isComfy = reading.tensor === 'latent_tensor' && reading.container === 'safetensors';
  const isTensors = reading.container === 'safetensors';
  return {
    container: isComfy ? 'comfy' : isTensors ? 'safetensors' : 'npy',
    dtype: HALF.has(reading.dtype) ? 'F16' : 'F32',
    space: reading.space,
    axes: reading.container === 'png' ? 'chw' : reading.layout.axes,
    isPatched: reading.isPatched,
    tensor: isTensors ? reading.tensor : 'latent',
    metadata: {},
  };
}

/**
 * What ComfyUI's LoadLatent and KSampler expect (nodes.py, comfy/samplers.py): raw VAE values as F32 [1, C, H, W], with a frame
 * axis for Wan and Qwen, and FLUX.2 as 128 normalised patch channels.
 */
export function comfyFormat(latent: Latent): LatentFormat {
  return {
    container: 'comfy',
    dtype: 'F32',
    ...familyById(latent.family).comfy,
    tensor: 'latent_tensor',
    metadata: {},
  };
}

/** The tensor itself, laid out, in the format's space and precision. Throws latent/shape where odd sides forbid packing. */
export function latentTensor(latent: Latent, format: LatentFormat): FileTensor {
  const values = toSpace(latent, format.space);
  const { shape, data } = layOut(format.isPatched ? patchify(values) : values, format.axes);
  const dtype = format.container === 'comfy' ? 'F32' : format.dtype;
  const items = dtype === 'F16' ? toFloat16(data) : data;
  const bytes = new Uint8Array(items.buffer, items.byteOffset, items.byteLength);
  return { name: format.tensor, dtype, shape, bytes };
}

/**
 * A latent as the bytes of a file, and a name for it: `stem` and the format's suffix. Only this one item is written; a batch or
 * video keeps its axes with sizes of 1. safetensors files say family, space and axes in their metadata.
 *
 * @example
 * ```ts
 * import { comfyFormat, type Latent, writeLatent } from 'latentlift';
 *
 * export function forComfy(latent: Latent): File {
 *   const { bytes, fileName } = writeLatent(latent, comfyFormat(latent), 'upscaled');
 *   return new File([bytes], fileName);
 * }
 * ```
 */
export function writeLatent(
  latent: Latent,
  format: LatentFormat,
  stem = 'latent',
): { bytes: Uint8Array<ArrayBuffer>; fileName: string } {
  const tensor = latentTensor(latent, format);
  const fileName = `${stem}${SUFFIX[format.container]}`;
  if (format.container === 'npy') return { bytes: writeNpy(tensor), fileName };
  if (format.container === 'comfy') {
    const named = { ...tensor, name: 'latent_tensor' };
    // The empty marker tells LoadLatent not to rescale by SD1's factor.
    const marker: FileTensor = {
      name: 'latent_format_version_0',
      dtype: 'F32',
      shape: [0],
      bytes: new Uint8Array(0),
    };
    return { bytes: writeSafetensors([marker, named], format.metadata), fileName };
  }
  const metadata = {
    family: latent.family,
    family_title: familyById(latent.family).title,
    space: format.space,
    axes: format.axes,
  };
  return { bytes: writeSafetensors([tensor], { ...metadata, ...format.metadata }), fileName };
}
