import { within } from '../../src/core/within.ts';
import type { FileStorage } from './file-storage.ts';
import { createMemoryStorage } from './memory-storage.ts';

/** A storage to try; null where the browser has none of its kind. */
export type StorageCandidate = () => Promise<FileStorage | null>;

/** A list of some files: one that has not come by then is not coming. */
const PATIENCE_MS = 10_000;

/**
 * The first of several storages that gives a list of its files, else memory. Private windows have the functions and refuse, a
 * damaged profile rejects or never answers: weights are then kept until the page is closed, which their medium says.
 */
export async function firstWorkingStorage(
  candidates: readonly StorageCandidate[],
  patienceMs = PATIENCE_MS,
): Promise<FileStorage> {
  for (const candidate of candidates) {
    const tried = candidate().then(async (storage) => {
      await storage?.list();
      return storage;
    });
    const storage = await within(tried, patienceMs, () => null).catch(() => null);
    if (storage !== null) return storage;
  }
  return createMemoryStorage();
}
