import { AppError } from '../../src/core/errors.ts';
import { createSha256 } from '../../src/core/sha256.ts';
import type { OnBytes } from '../load/fetch-bytes.ts';
import { eachChunk } from './import-context.ts';

/** A gigabyte takes some ten seconds to hash; files above it, of which a network is a small part, are known by size alone. */
export const MAX_VERIFIED_BYTES = 2 ** 30;

/**
 * Checks that a stored file is what was stored: profiles get damaged, and disks go bad without a word. Throws model/integrity, or the
 * signal's reason.
 */
export async function verifyStored(
  blob: Blob,
  { name, sha256 }: { readonly name: string; readonly sha256: string },
  { signal, onBytes }: { readonly signal: AbortSignal; readonly onBytes?: OnBytes },
): Promise<void> {
  if (blob.size > MAX_VERIFIED_BYTES) return;
  const hash = createSha256();
  await eachChunk(blob, signal, (bytes, loaded) => {
    hash.update(bytes);
    onBytes?.(loaded, blob.size);
  });
  const found = hash.hex();
  if (found === sha256) return;
  throw new AppError(
    'model/integrity',
    `${name} is not what was added any more: its SHA-256 begins with ${found.slice(0, 8)} instead of ${sha256.slice(0, 8)}, so the browser's storage has damaged it. Remove it under Models and add it again.`,
    { detail: { file: name, expected: sha256, found } },
  );
}
