import { within } from '../../src/core/within.ts';
import type { FileShelf } from './file-shelf.ts';
import { createMemoryShelf } from './memory-shelf.ts';

/** A storage to try; null where the browser has none of its kind. */
export type ShelfCandidate = () => Promise<FileShelf | null>;

/** A list of some files: one that has not come by then is not coming. */
const PATIENCE_MS = 10_000;

/**
 * The first of several storages that gives a list of its files, else memory. Private windows have the functions and refuse, a
 * damaged profile rejects or never answers: weights are then kept until the page is closed, which their medium says.
 */
export async function firstWorkingShelf(
  candidates: readonly ShelfCandidate[],
  patienceMs = PATIENCE_MS,
): Promise<FileShelf> {
  for (const candidate of candidates) {
    const tried = candidate().then(async (shelf) => {
      await shelf?.list();
      return shelf;
    });
    const shelf = await within(tried, patienceMs, () => null).catch(() => null);
    if (shelf !== null) return shelf;
  }
  return createMemoryShelf();
}
