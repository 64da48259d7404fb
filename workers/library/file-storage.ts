import { AppError } from '../../src/core/errors.ts';

/** Writes at the end of a file; what was written stays, whether or not more follows. */
export interface StorageWriter {
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  close(): Promise<void>;
}

/** A flat folder of large files in the browser's storage. Full storage is model/storage, with a sentence. */
export interface FileStorage {
  readonly medium: 'opfs' | 'cache' | 'memory';
  /** Names with sizes in bytes. */
  list(): Promise<ReadonlyMap<string, number>>;
  open(name: string): Promise<Blob | null>;
  /** Goes on at the end of `name`, which is made where it is missing. */
  append(name: string): Promise<StorageWriter>;
  /** In one step: at no time is there a half-named file. `to` must be free. */
  rename(from: string, to: string): Promise<void>;
  /** A missing file is no error. */
  remove(name: string): Promise<void>;
}

/** A storage failure as a sentence. */
export function storageError(cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const name = cause instanceof Error ? cause.name : '';
  const text = cause instanceof Error ? cause.message : String(cause);
  if (name === 'QuotaExceededError') {
    return new AppError(
      'model/storage',
      'The browser’s storage for this page is full. Remove weights under Models, or free space on the disk, and try again.',
      { cause },
    );
  }
  if (name === 'NoModificationAllowedError') {
    return new AppError(
      'model/storage',
      'The file is in use by another tab of this page. Wait for it or close that tab, and try again.',
      { cause },
    );
  }
  return new AppError('model/storage', `The browser’s storage failed (${text}). Try again.`, { cause });
}

/** Runs `work` and gives a failure of the storage as a sentence. */
export async function stored<R>(work: () => Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (error) {
    throw storageError(error);
  }
}

/** A small text file; null where it is missing. */
export async function readText(storage: FileStorage, name: string): Promise<string | null> {
  return (await storage.open(name))?.text() ?? null;
}

/** Puts a small text file in the place of an older one. */
export async function writeText(storage: FileStorage, name: string, text: string): Promise<void> {
  await storage.remove(name);
  const writer = await storage.append(name);
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
}
