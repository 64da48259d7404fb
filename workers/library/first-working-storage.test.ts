import { describe, expect, it } from 'vitest';
import { fakeFolder } from '../testing/fake-storage.ts';
import { sliceInMemory } from '../testing/slice-in-memory.ts';
import { createClaims } from './claims.ts';
import { firstWorkingStorage } from './first-working-storage.ts';
import { createMemoryStorage } from './memory-storage.ts';
import { createOpfsStorage } from './opfs-storage.ts';
import { createWeightsLibrary } from './weights-library.ts';

const sound = async () => createOpfsStorage(fakeFolder({ quotaBytes: 1e6 }));
const absent = async () => null;
const refusing = () => Promise.reject(new DOMException('no', 'SecurityError'));
const silent = () => new Promise<never>(() => {});
const brokenLater = async () => ({
  ...createMemoryStorage(),
  medium: 'cache' as const,
  list: () => Promise.reject(new DOMException('damaged', 'UnknownError')),
});

describe("storage for a person's weights", () => {
  it('is the first that works', async () => {
    expect((await firstWorkingStorage([absent, sound], 20)).medium).toBe('opfs');
  });

  it.each([
    ['is absent', absent],
    ['refuses to be opened', refusing],
    ['opens and then rejects', brokenLater],
    ['never answers', silent],
  ])('that %s is passed by, at last for memory, and the library works', async (_name, candidate) => {
    expect((await firstWorkingStorage([candidate, sound], 20)).medium).toBe('opfs');
    const library = createWeightsLibrary({
      openStorage: () => firstWorkingStorage([candidate, candidate], 20),
      openBlob: sliceInMemory,
      fetch,
      freeBytes: async () => null,
      claims: createClaims(),
    });
    expect(await library.list()).toMatchObject({ weights: [], medium: 'memory' });
  });
});
