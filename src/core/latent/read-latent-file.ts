import { AppError } from '../errors.ts';
import { openFile } from '../open-file.ts';
import type { Latent } from './latent.ts';
import { networkRefusal } from './producer.ts';
import type { Override, Reading } from './reading.ts';

/** Open and interpret in one step, for whom nothing but a latent will do. Throws what `openFile` throws, and latent/not-a-latent. */
export function readLatentFile(
  bytes: Uint8Array,
  hints: { readonly fileName?: string } = {},
  override: Override = {},
): { reading: Reading; latent: Latent } {
  const opened = openFile(bytes, hints.fileName, override);
  switch (opened.kind) {
    case 'latent':
      return { reading: opened.reading, latent: opened.latent };
    case 'network':
      throw networkRefusal(opened.tensors, opened.example);
    case 'picture':
      throw new AppError(
        'latent/not-a-latent',
        `The file is a picture (${opened.type}), not a latent; encode it with a VAE first.`,
      );
  }
}
