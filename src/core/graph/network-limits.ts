import { AppError } from '../errors.ts';
import type { NetworkSizes } from './model-description.ts';

/** DC-AE f64 has the largest cells of any autoencoder that we know of. */
const MAX_PIXELS_PER_CELL = 64;
/** Latents have 4 to 128 channels, packed ones 512 at most. */
const MAX_CHANNELS = 1024;
/** The largest networks read here have about 700; a checkpoint of a whole model 3,000. */
const MAX_TENSORS = 10_000;
/** Wrappers and halves: a training checkpoint with its average, generator and critic has about six. */
export const MAX_PREFIXES = 16;
/** Longer names belong to no network; real ones stay under 200. */
export const MAX_NAME_CHARS = 1000;
/** What a browser's session can hold beside its activations in the 4 GB of WebAssembly. */
const MAX_CONSTANT_BYTES = 2 ** 30;

/** Why sizes read off a checkpoint are those of no network, as a sentence, or null. Asked before anything is built for them. */
export function sizesRefusal({ pixelsPerCell, channels }: NetworkSizes): string | null {
  const isBetween = (value: number, most: number): boolean =>
    Number.isSafeInteger(value) && value >= 1 && value <= most;
  if (!isBetween(pixelsPerCell, MAX_PIXELS_PER_CELL))
    return `a cell of ${pixelsPerCell} pixels a side is more than the ${MAX_PIXELS_PER_CELL} that any autoencoder has`;
  if (!isBetween(channels, MAX_CHANNELS))
    return `${channels} channels are not the 1 to ${MAX_CHANNELS} that latents have`;
  return null;
}

/** Why so many tensors under one prefix are no network, as a sentence, or null. */
export const tensorsRefusal = (owned: number): string | null =>
  owned > MAX_TENSORS ? `it has ${owned} tensors, and networks known here have at most ${MAX_TENSORS}` : null;

/**
 * Throws model/shape where a network's constants (weights, biases and masks as float32 or float16) would not leave a browser
 * room to run it. Asked before the first weight is read.
 */
export function refuseConstants(title: string, bytes: number): void {
  if (bytes <= MAX_CONSTANT_BYTES) return;
  throw new AppError(
    'model/shape',
    `${title} would hold ${(bytes / 1e9).toFixed(1)} GB of weights and masks, more than the ${(MAX_CONSTANT_BYTES / 1e9).toFixed(1)} GB that a browser can keep beside a picture; choose a smaller network.`,
    { detail: { bytes, limit: MAX_CONSTANT_BYTES } },
  );
}
