import type { StoredWeights, WeightsId } from '../../src/contract/weights-library.ts';
import { AppError } from '../../src/core/errors.ts';
import type { OnBytes } from '../load/fetch-bytes.ts';
import type { Claims } from './claims.ts';
import { type FileStorage, writeText } from './file-storage.ts';
import type { SlicedFile } from './sliced-file.ts';

/** What the library needs of the world. */
export interface LibraryDeps {
  readonly openStorage: () => Promise<FileStorage>;
  readonly openBlob: (blob: Blob) => Promise<SlicedFile> | SlicedFile;
  readonly fetch: typeof fetch;
  readonly freeBytes: () => Promise<number | null>;
  readonly claims: Claims;
}

export interface ImportOptions {
  readonly signal: AbortSignal;
  /** `total` is 0 where a server does not say. */
  readonly onBytes: (name: string, ...bytes: Parameters<OnBytes>) => void;
}

/** What imports share. */
export interface ImportContext {
  readonly deps: LibraryDeps;
  readonly storage: FileStorage;
}

/** Complete files are named by their hash, so that a name is a promise. */
export const WEIGHTS = '.weights';
export const SIDECAR = '.json';
/** Unfinished files: of addresses named by the address's hash, to be found again; of files by chance. */
export const FROM_ADDRESS = 'part-address-';
export const FROM_FILE = 'part-file-';

/** The unfinished file that a name belongs to: its own, or that which it describes. */
export const partialOf = (name: string): string =>
  name.endsWith(SIDECAR) ? name.slice(0, -SIDECAR.length) : name;

const CHUNK_BYTES = 4 * 2 ** 20;

export const idOf = (sha256: string): WeightsId => `user:${sha256.slice(0, 16)}`;

/** The bytes of a blob, a few megabytes at a time. */
export async function eachChunk(
  blob: Blob,
  signal: AbortSignal,
  use: (bytes: Uint8Array<ArrayBuffer>, loaded: number) => Promise<void> | void,
): Promise<void> {
  for (let at = 0; at < blob.size; at += CHUNK_BYTES) {
    signal.throwIfAborted();
    const bytes = new Uint8Array(
      await blob
        .slice(at, at + CHUNK_BYTES)
        .arrayBuffer()
        .catch((cause: unknown) => {
          throw new AppError(
            'file/unreadable',
            'The file could not be read: it was moved or changed since it was chosen. Choose it again.',
            { cause },
          );
        }),
    );
    await use(bytes, at + bytes.length);
  }
}

/** The networks in a file, and its tensors, which stay on the disk. */
export async function examine(deps: LibraryDeps, blob: Blob, name: string, hints: readonly string[]) {
  // The readers of every container and every network come only with weights of a person's own: the first picture needs none of them.
  const [{ openSliced }, { describeWeights }] = await Promise.all([
    import('./sliced-file.ts'),
    import('./describe-weights.ts'),
  ]);
  const state = openSliced(await deps.openBlob(blob), name);
  return { state, networks: describeWeights(state, hints) };
}

/** Makes a complete download count: its description first, its name last. */
export async function finish(
  storage: FileStorage,
  partial: string,
  weights: Omit<StoredWeights, 'id'>,
): Promise<StoredWeights> {
  const name = `${weights.sha256}${WEIGHTS}`;
  const stored = { ...weights, id: idOf(weights.sha256) };
  if ((await storage.list()).has(name)) await storage.remove(partial);
  else {
    await writeText(storage, `${weights.sha256}${SIDECAR}`, JSON.stringify({ version: 1, ...stored }));
    await storage.rename(partial, name);
  }
  return stored;
}

/** Throws model/storage where the browser says beforehand that a file will not fit. */
export async function requireRoom(deps: LibraryDeps, bytes: number, name: string): Promise<void> {
  const free = await deps.freeBytes();
  if (free === null || free >= bytes) return;
  throw new AppError(
    'model/storage',
    `${name} needs ${(bytes / 1e6).toFixed(0)} MB, and the browser gives this page ${(free / 1e6).toFixed(0)} MB more. Remove weights under Models, or free space on the disk.`,
  );
}
