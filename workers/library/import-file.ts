import type { StoredWeights, WeightsSource } from '../../src/contract/weights-library.ts';
import { createSha256 } from '../../src/core/sha256.ts';
import { checkWeights } from './describe-weights.ts';
import {
  eachChunk,
  examine,
  FROM_FILE,
  finish,
  type ImportContext,
  type ImportOptions,
  requireRoom,
} from './import-context.ts';

/** Copies a person's own file to the storage, hashing it on the way. A cancelled copy leaves nothing. */
export async function importFile(
  { deps, storage }: ImportContext,
  { file, name, address }: WeightsSource & { kind: 'file' },
  { signal, onBytes }: ImportOptions,
): Promise<StoredWeights> {
  // Looked at before a byte is copied: what is refused never touches the storage.
  const { state, networks } = await examine(deps, file, name, [name, address ?? '']);
  checkWeights(state);
  await requireRoom(deps, file.size, name);
  const partial = `${FROM_FILE}${crypto.randomUUID()}`;
  const hash = createSha256();
  const release = await deps.claims.take(partial);
  try {
    const writer = await storage.append(partial);
    try {
      onBytes(name, 0, file.size);
      await eachChunk(file, signal, async (bytes, loaded) => {
        hash.update(bytes);
        await writer.write(bytes);
        onBytes(name, loaded, file.size);
      });
    } finally {
      await writer.close();
    }
    return await finish(storage, partial, {
      name,
      address,
      sizeBytes: file.size,
      sha256: hash.hex(),
      networks,
    });
  } catch (error) {
    await storage.remove(partial).catch(() => {});
    throw error;
  } finally {
    release?.();
  }
}
