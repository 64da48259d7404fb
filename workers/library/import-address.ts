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

export function partNameOf(url: string): string {
  const hash = createSha256();
  hash.update(new TextEncoder().encode(url));
  return `${FROM_ADDRESS}${hash.hex().slice(0, 16)}`;
}

/** What is at hand of an address, hashed; null where there is nothing to go on from. */
async function partAtHand(storage: FileStorage, part: string, signal: AbortSignal) {
  const known = parseDownload(await readText(storage, part + SIDECAR));
  const blob = known === null ? null : await storage.open(part);
  if (known === null || blob === null || blob.size === 0) return null;
  const hash = createSha256();
  await eachChunk(blob, signal, (bytes) => hash.update(bytes));
  return { bytes: blob.size, state: known, hash };
}

/** Fetches what is missing of `url` into `part`; gives the hash of the whole. */
async function fetchPart(
  { deps, storage }: ImportContext,
  part: string,
  { url, name }: DirectAddress,
  { signal, onBytes }: ImportOptions,
): Promise<Sha256> {
  const have = await partAtHand(storage, part, signal);
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
          await storage.remove(part);
          await requireRoom(deps, state.totalBytes, name);
        }
        total = state.totalBytes;
        const record: StoredDownload = { version: 1, name, address: url, ...state };
        await writeText(storage, part + SIDECAR, JSON.stringify(record));
        writer = await storage.append(part);
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
export async function forgetPart(storage: FileStorage, part: string): Promise<void> {
  await storage.remove(part);
  await storage.remove(part + SIDECAR);
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
  const { deps, storage, busy } = context;
  const part = partNameOf(url);
  if (busy.has(part))
    throw new AppError('model/storage', `${name} is being fetched already. Wait for it, or cancel it first.`);
  busy.add(part);
  try {
    const hash = await fetchPart(context, part, { url, name }, options);
    const blob = await storage.open(part);
    if (blob === null) throw new AppError('model/storage', `${name} was lost on its way. Fetch it again.`);
    const { state, parts } = await examine(deps, blob, name, [name, url]);
    checkWeights(state);
    options.signal.throwIfAborted();
    const stored = await finish(storage, part, {
      name,
      address: url,
      sizeBytes: blob.size,
      sha256: hash.hex(),
      parts,
    });
    await storage.remove(part + SIDECAR);
    return stored;
  } catch (error) {
    if (!isResumable(error)) await forgetPart(storage, part).catch(() => {});
    throw error;
  } finally {
    busy.delete(part);
  }
}
