import type { WeightsStorage } from '../../src/contract/weights-library.ts';
import { loadOnce } from '../../src/core/load-once.ts';
import { within } from '../../src/core/within.ts';
import type { Library } from './weights-library.ts';

/** Where a person's weights are kept: a folder, or a cache, of this name. */
export const WEIGHTS_NAME = 'latentlift-weights';

/**
 * True where files can be written in place and renamed. A writable stream would copy the file at every resume; a sync access
 * handle, which workers alone get, writes through.
 */
export const hasOpfs = (): boolean =>
  typeof FileSystemFileHandle !== 'undefined' &&
  'createSyncAccessHandle' in FileSystemFileHandle.prototype &&
  'move' in FileSystemFileHandle.prototype;

/** The folder of the weights; made where there is none. Rejects where the browser has the functions and refuses. */
export async function openWeightsFolder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle(WEIGHTS_NAME, { create: true });
}

/** What the browser would still give the page, or null where it does not say. */
export async function freeBytes(): Promise<number | null> {
  try {
    const { quota, usage } = await navigator.storage.estimate();
    return quota === undefined || usage === undefined ? null : Math.max(0, quota - usage);
  } catch {
    return null;
  }
}

/** A folder is opened in no time; one that has not come by then is left to whoever tries several storages. */
const PATIENCE_MS = 2000;

/** True where the folder is there and empty. */
async function isFolderEmpty(): Promise<boolean> {
  if (!hasOpfs()) return false;
  async function look(): Promise<boolean> {
    const { done } = await (await openWeightsFolder()).keys().next();
    return done === true;
  }
  return within(look(), PATIENCE_MS, () => false).catch(() => false);
}

/** A library whose script comes with the first weights: where nothing is kept, a list needs none of it. */
export function createKeptWeights(load: () => Promise<Library>): Library {
  const library = loadOnce(load);
  const nothing = async (): Promise<WeightsStorage> => ({
    weights: [],
    unfinished: [],
    medium: 'opfs',
    usedBytes: 0,
    freeBytes: await freeBytes(),
  });
  return {
    describe: async (...file) => (await library.ask()).describe(...file),
    add: async (...source) => (await library.ask()).add(...source),
    list: async () =>
      !library.isAsked() && (await isFolderEmpty()) ? nothing() : (await library.ask()).list(),
    remove: async (what) => (await library.ask()).remove(what),
    clear: async () => (await library.ask()).clear(),
    open: async (...which) => (await library.ask()).open(...which),
    forecast: async (request) => (await library.ask()).forecast(request),
  };
}
