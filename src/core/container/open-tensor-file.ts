import { CONTAINERS } from '../containers/index.ts';
import type { NpyOptions } from './npy.ts';
import { readTensors, sourceOf } from './read-tensors.ts';
import type { TensorFile } from './tensor.ts';

/**
 * Any tensor file, told by its content (src/core/containers lists the kinds). `fileName` only colours the message when nothing
 * fits, and asks for bfloat16 where it says "bf16" and an array leaves its kind open. Tensors are views on `bytes` where
 * possible: keep it unchanged while they are in use. Throws AppError file/* with a sentence, never anything else.
 */
export const openTensorFile = (bytes: Uint8Array, fileName = '', options?: NpyOptions): TensorFile =>
  readTensors(sourceOf(bytes, fileName, options), CONTAINERS);
