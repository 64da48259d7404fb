import { openTensorFile } from '../container/open-tensor-file.ts';
import { interpret } from './interpret.ts';
import type { Latent } from './latent.ts';
import type { Override, Reading } from './reading.ts';

/** Open and interpret in one step: a dropped file's bytes -> its latent and what was understood. Throws what both throw. */
export function readLatentFile(
  bytes: Uint8Array,
  hints: { readonly fileName?: string } = {},
  override: Override = {},
): { reading: Reading; latent: Latent } {
  return interpret(openTensorFile(bytes, hints.fileName), hints, override);
}
