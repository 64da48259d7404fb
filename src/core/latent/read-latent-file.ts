import { AppError } from '../errors.ts';
import { openFile } from '../open-file.ts';
import type { Latent } from './latent.ts';
import { networkRefusal } from './producer.ts';
import type { Override, Reading } from './reading.ts';

/**
 * Open and interpret in one step, for whom nothing but a latent will do. Throws what `openFile` throws, and latent/not-a-latent.
 *
 * @example
 * ```ts
 * import { AppError, readLatentFile } from 'latentlift';
 *
 * export async function tell(file: File): Promise<string> {
 *   try {
 *     const { latent, reading } = readLatentFile(new Uint8Array(await file.arrayBuffer()), { fileName: file.name });
 *     return `${latent.channels} x ${latent.height} x ${latent.width}, ${latent.family} ${latent.space}: ${reading.reason}`;
 *   } catch (error) {
 *     if (error instanceof AppError) return error.message;
 *     throw error;
 *   }
 * }
 * ```
 */
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
