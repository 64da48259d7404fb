import { createCacheStorage } from './cache-storage.ts';
import { createClaims, createLockClaims } from './claims.ts';
import type { FileStorage } from './file-storage.ts';
import { firstWorkingStorage } from './first-working-storage.ts';
import { freeBytes, hasOpfs, openWeightsFolder, WEIGHTS_NAME } from './kept-weights.ts';
import { createOpfsStorage } from './opfs-storage.ts';
import { sliceBlob } from './slice-blob.ts';
import { createWeightsLibrary, type Library } from './weights-library.ts';

/** The best storage that this browser gives: files that can be written in place, else a cache, else memory. */
const openWeightsStorage = (baseUrl: string): Promise<FileStorage> =>
  firstWorkingStorage([
    async () => (hasOpfs() ? createOpfsStorage(await openWeightsFolder()) : null),
    async () =>
      typeof caches === 'undefined'
        ? null
        : createCacheStorage(await caches.open(WEIGHTS_NAME), `${baseUrl}weights/`),
  ]);

/** The library of a browser. */
export const createBrowserLibrary = (baseUrl: string): Library =>
  createWeightsLibrary({
    openStorage: () => openWeightsStorage(baseUrl),
    openBlob: sliceBlob,
    fetch: fetch.bind(globalThis),
    freeBytes,
    // Absent outside secure contexts, where nothing is kept either.
    claims: 'locks' in navigator ? createLockClaims(navigator.locks, `${WEIGHTS_NAME}:`) : createClaims(),
  });
