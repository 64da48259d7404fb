import { readTensors, sourceOf } from './container/read-tensors.ts';
import type { TensorFile } from './container/tensor.ts';
import type { Container } from './containers/container.ts';
import { interpret } from './latent/interpret.ts';
import type { Latent } from './latent/latent.ts';
import { isLatentAlpha, isNamedLatentPng, mayBeLatentPng } from './latent/latent-png.ts';
import { networkTensor } from './latent/producer.ts';
import type { Override, Reading } from './latent/reading.ts';
import { pictureType } from './picture-type.ts';

/** A picture for a browser to decode and an encoder to see. */
export interface OpenedPicture {
  readonly kind: 'picture';
  /** MIME type, by content. */
  readonly type: string;
}

export interface OpenedLatent {
  readonly kind: 'latent';
  /** The tensors it was read from, to be read another way without the bytes. */
  readonly file: TensorFile;
  readonly reading: Reading;
  readonly latent: Latent;
}

/** Weights of a network, of which nothing but that is known here. */
export interface OpenedNetwork {
  readonly kind: 'network';
  readonly tensors: number;
  /** One of them, for a sentence. */
  readonly example: string;
}

export type OpenedFile = OpenedPicture | OpenedLatent | OpenedNetwork;

/** `openFile` over the given containers. */
export function openWith(
  containers: readonly Container[],
  bytes: Uint8Array,
  name: string,
  override: Override,
): OpenedFile {
  const type = pictureType(bytes);
  if (type !== null && !mayBeLatentPng(bytes)) return { kind: 'picture', type };
  const source = sourceOf(bytes, name);
  let file: TensorFile;
  try {
    file = readTensors(source, containers);
  } catch (error) {
    // A damaged PNG is one for the browser's decoder to judge, which forgives more.
    if (type !== null) return { kind: 'picture', type };
    throw error;
  }
  if (type !== null && !isLatentAlpha(file) && !isNamedLatentPng(name)) return { kind: 'picture', type };
  const example = override.tensor === undefined ? networkTensor(file) : null;
  if (example !== null) return { kind: 'network', tensors: file.tensors.size, example };
  return { kind: 'latent', file, ...interpret(file, { fileName: name }, override) };
}
