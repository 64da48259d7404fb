import type { StoredWeights } from '../../src/contract/weights-library.ts';
import type { DirectAddress } from '../../src/core/direct-address.ts';
import { AppError } from '../../src/core/errors.ts';
import { createSha256, type Sha256 } from '../../src/core/sha256.ts';
import { checkWeights } from './describe-weights.ts';
import { download } from './download.ts';
import { type FileStorage, readText, type StorageWriter, writeText } from './file-storage.ts';
import {
  eachChunk,
  examine,
  FROM_ADDRESS,
  finish,
  type ImportContext,
  type ImportOptions,
  requireRoom,
  SIDECAR,
} from './import-context.ts';
import { parseDownload, type StoredDownload } from './sidecars.ts';

export function partialNameOf(url: string): string {
  const hash = createSha256();
  hash.update(new TextEncoder().encode(url));
  return `${FROM_ADDRESS}${hash.hex().slice(0, 16)}`;
}

/** What is at hand of an address, hashed; null where there is nothing to go on from. */
async function partialAtHand(storage: FileStorage, partial: string, signal: AbortSignal) {
  const known = parseDownload(await readText(storage, partial + SIDECAR));
  const blob = known === null ? null : await storage.open(partial);
  if (known === null || blob === null || blob.size === 0) return null;
  const hash = createSha256();
  await eachChunk(blob, signal, (bytes) => hash.update(bytes));
  return { bytes: blob.size, state: known, hash };
}

/** Fetches what is missing of `url` into `partial`; gives the hash of the whole. */
async function fetchPartial(
  { deps, storage }: ImportContext,
  partial: string,
  { url, name }: DirectAddress,
  { signal, onBytes }: ImportOptions,
): Promise<Sha256> {
  const have = await partialAtHand(storage, partial, signal);
  if (have !== null && have.bytes === have.state.totalBytes) return have.hash;
  let hash = have?.hash ?? createSha256();
  let head = have === null ? new Uint8Array(0) : null;
  let total = 0;
  let writer: StorageWriter | null = null;
  try {
    await download({
      url,
      name,
      have,
      fetch: deps.fetch,
      signal,
      onBytes: (loaded, totalBytes) => onBytes(name, loaded, totalBytes),
      async onStart(state, isResumed) {
        if (!isResumed) {
          hash = createSha256();
          head = new Uint8Array(0);
          await storage.remove(partial);
          await requireRoom(deps, state.totalBytes, name);
        }
        total = state.totalBytes;
        const record: StoredDownload = { version: 1, name, address: url, ...state };
        await writeText(storage, partial + SIDECAR, JSON.stringify(record));
        writer = await storage.append(partial);
      },
      async onChunk(bytes) {
        if (head !== null) {
          head = new Uint8Array([...head, ...bytes.subarray(0, 64)]);
          if (head.length >= 16) {
            const { refuseByHead } = await import('./sliced-file.ts');
            refuseByHead(head, total, name);
            head = null;
          }
        }
        hash.update(bytes);
        await writer?.write(bytes);
      },
    });
  } finally {
    await (writer as StorageWriter | null)?.close();
  }
  return hash;
}

/** Forgets an unfinished download. */
export async function forgetPartial(storage: FileStorage, partial: string): Promise<void> {
  await storage.remove(partial);
  await storage.remove(partial + SIDECAR);
}

/** A cancelled or broken download is worth keeping; one that is refused or does not fit is not. */
const isResumable = (error: unknown): boolean =>
  error instanceof AppError ? error.code === 'model/fetch' : true;

/** Fetches weights to the storage, going on from what an earlier try left there. */
export async function importAddress(
  context: ImportContext,
  { url, name }: DirectAddress,
  options: ImportOptions,
): Promise<StoredWeights> {
  const { deps, storage } = context;
  const partial = partialNameOf(url);
  const release = await deps.claims.take(partial);
  if (release === null) {
    throw new AppError(
      'model/storage',
      `${name} is being fetched already, here or in another tab. Wait for it, or cancel it there.`,
    );
  }
  try {
    const hash = await fetchPartial(context, partial, { url, name }, options);
    const blob = await storage.open(partial);
    if (blob === null) throw new AppError('model/storage', `${name} was lost on its way. Fetch it again.`);
    const { state, networks } = await examine(deps, blob, name, [name, url]);
    checkWeights(state);
    options.signal.throwIfAborted();
    const stored = await finish(storage, partial, {
      name,
      address: url,
      sizeBytes: blob.size,
      sha256: hash.hex(),
      networks,
    });
    await storage.remove(partial + SIDECAR);
    return stored;
  } catch (error) {
    if (!isResumable(error)) await forgetPartial(storage, partial).catch(() => {});
    throw error;
  } finally {
    release();
  }
}
