import { readTensors, sourceOf } from '../container/read-tensors.ts';
import type { TensorFile } from '../container/tensor.ts';
import type { Container, SourceFile } from './container.ts';
import { npy } from './npy.ts';
import { npz } from './npz.ts';
import { png } from './png.ts';
import { safetensors } from './safetensors.ts';
import { torch } from './torch.ts';
import { torchLegacy } from './torch-legacy.ts';

/** Every kind of tensor file that is read, in the order in which a file is asked. */
export const CONTAINERS: readonly Container[] = [npy, png, torch, npz, safetensors, torchLegacy];

/** The kind that a file's content says it is, or null; ZIP archives need all their bytes, the others 16. */
export const containerOf = (file: SourceFile): Container | null =>
  CONTAINERS.find((container) => container.matches(file)) ?? null;

/**
 * The tensors of a file of any of these kinds, told by its content, for whom they are all that matters (weights); whoever does not
 * know what a file is asks `openFile`. `name` colours messages, and decides what the content leaves open. Tensors are views on `bytes`
 * where possible: keep it unchanged while they are in use. Throws AppError file/*.
 */
export const readTensorFile = (bytes: Uint8Array, name = ''): TensorFile =>
  readTensors(sourceOf(bytes, name), CONTAINERS);

/** ".npy, .npz, ..., 8-bit latent PNG": what can be opened, in a sentence. */
export const LATENT_FILES = CONTAINERS.map(({ listed }) => listed).join(', ');

/** ".pth, .pt, .ckpt, .safetensors" */
export const WEIGHT_FILES = [...new Set(CONTAINERS.flatMap(({ weightExtensions }) => weightExtensions))]
  .map((extension) => `.${extension}`)
  .join(', ');
