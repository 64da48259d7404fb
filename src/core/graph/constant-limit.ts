import { AppError } from '../errors.ts';

/** What a browser's session can hold beside its activations in the 4 GB of WebAssembly. */
const MAX_CONSTANT_BYTES = 2 ** 30;

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
