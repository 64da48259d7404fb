import { describe, expect, test } from 'vitest';
import { fakeCache, fakeFolder, type StorageBehaviour } from '../testing/fake-storage.ts';
import { createCacheStorage } from './cache-storage.ts';
import { type FileStorage, readText, writeText } from './file-storage.ts';
import { createMemoryStorage } from './memory-storage.ts';
import { createOpfsStorage } from './opfs-storage.ts';

const bytesOf = (length: number, seed: number) => Uint8Array.from({ length }, (_, i) => i * 31 + seed);

async function put(storage: FileStorage, name: string, ...pieces: Uint8Array<ArrayBuffer>[]): Promise<void> {
  const writer = await storage.append(name);
  for (const piece of pieces) await writer.write(piece);
  await writer.close();
}

async function read(storage: FileStorage, name: string): Promise<Uint8Array | null> {
  const blob = await storage.open(name);
  return blob === null ? null : new Uint8Array(await blob.arrayBuffer());
}

const makers: readonly [string, (behaviour: StorageBehaviour) => FileStorage][] = [
  ['the file system', (behaviour) => createOpfsStorage(fakeFolder(behaviour))],
  ['Cache Storage', (behaviour) => createCacheStorage(fakeCache(behaviour), 'https://page.test/weights/')],
  ['memory', () => createMemoryStorage()],
];

describe.each(makers)('storage in %s', (medium, make) => {
  const roomy = (): FileStorage => make({ quotaBytes: 1e9 });

  test('gives back what was written, over several pieces and sessions', async () => {
    const storage = roomy();
    const [a, b, c] = [bytesOf(100, 1), bytesOf(9 * 2 ** 20, 2), bytesOf(7, 3)] as const;
    await put(storage, 'file', a, b);
    await put(storage, 'file', c);
    expect(Buffer.compare((await read(storage, 'file')) ?? a, Buffer.concat([a, b, c]))).toBe(0);
    expect([...(await storage.list())]).toEqual([['file', a.length + b.length + c.length]]);
  });

  test('renames in one step, and the old name is free for another file', async () => {
    const storage = roomy();
    await put(storage, 'partial', bytesOf(10, 1));
    await storage.rename('partial', 'whole');
    await put(storage, 'partial', bytesOf(5, 2));
    expect(await read(storage, 'whole')).toEqual(bytesOf(10, 1));
    await storage.remove('partial');
    expect(await read(storage, 'whole')).toEqual(bytesOf(10, 1));
    expect([...(await storage.list()).keys()]).toEqual(['whole']);
  });

  test('knows nothing of missing files, and removes them without complaint', async () => {
    const storage = roomy();
    expect(await storage.open('none')).toBeNull();
    await storage.remove('none');
    expect((await storage.list()).size).toBe(0);
  });

  test('replaces a small text', async () => {
    const storage = roomy();
    await writeText(storage, 'note', 'a long first text');
    await writeText(storage, 'note', 'short');
    expect(await readText(storage, 'note')).toBe('short');
  });

  test.skipIf(medium === 'memory')('says in a sentence that it is full', async () => {
    const storage = make({ quotaBytes: 1000 });
    await expect(put(storage, 'file', bytesOf(2000, 1))).rejects.toMatchObject({
      code: 'model/storage',
      message: expect.stringContaining('is full'),
    });
  });
});

test('in Cache Storage a tab that ends between the two halves of a rename leaves the file whole', async () => {
  const cache = fakeCache({ quotaBytes: 1e9 });
  let isEnding = false;
  const mortal = {
    ...cache,
    delete: (url: string) => (isEnding ? Promise.reject(new Error('the tab has ended')) : cache.delete(url)),
  };
  const storage = createCacheStorage(mortal, 'https://page.test/weights/');
  await put(storage, 'partial', bytesOf(10, 1));
  isEnding = true;
  await expect(storage.rename('partial', 'whole')).rejects.toThrow();
  isEnding = false;
  await storage.remove('partial');
  expect(await read(storage, 'whole')).toEqual(bytesOf(10, 1));
  await storage.remove('whole');
  expect(await cache.keys()).toEqual([]);
});

test('a file that another tab is writing is refused with a sentence', async () => {
  const storage = createOpfsStorage(fakeFolder({ quotaBytes: 1e9 }));
  const writer = await storage.append('file');
  await expect(storage.append('file')).rejects.toMatchObject({
    code: 'model/storage',
    message: expect.stringContaining('another tab'),
  });
  await expect(storage.remove('file')).rejects.toMatchObject({ code: 'model/storage' });
  await writer.close();
  await storage.remove('file');
});
