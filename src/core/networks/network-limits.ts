import type { NetworkSizes } from '../graph/model-description.ts';

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

/** Why sizes read off a checkpoint are those of no network, as a sentence, or null. Asked before anything is built for them. */
export function sizesRefusal({ pixelsPerCell, channels }: NetworkSizes): string | null {
  const isBetween = (value: number, most: number): boolean =>
    Number.isSafeInteger(value) && value >= 1 && value <= most;
  if (!isBetween(pixelsPerCell, MAX_PIXELS_PER_CELL)) {
    return `a cell of ${pixelsPerCell} pixels a side is more than the ${MAX_PIXELS_PER_CELL} that any autoencoder has`;
  }
  if (!isBetween(channels, MAX_CHANNELS)) {
    return `${channels} channels are not the 1 to ${MAX_CHANNELS} that latents have`;
  }
  return null;
}

/** Why so many tensors under one prefix are no network, as a sentence, or null. */
export const tensorsRefusal = (owned: number): string | null =>
  owned > MAX_TENSORS ? `it has ${owned} tensors, and networks known here have at most ${MAX_TENSORS}` : null;
