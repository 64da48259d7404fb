import { describe, expect, test } from 'vitest';
import { fakeCache, fakeFolder, type StorageBehaviour } from '../testing/fake-storage.ts';
import { createCacheShelf } from './cache-shelf.ts';
import { type FileShelf, readText, writeText } from './file-shelf.ts';
import { createMemoryShelf } from './memory-shelf.ts';
import { createOpfsShelf } from './opfs-shelf.ts';

const bytesOf = (length: number, seed: number) => Uint8Array.from({ length }, (_, i) => i * 31 + seed);

async function put(shelf: FileShelf, name: string, ...pieces: Uint8Array<ArrayBuffer>[]): Promise<void> {
  const writer = await shelf.append(name);
  for (const piece of pieces) await writer.write(piece);
  await writer.close();
}

const read = async (shelf: FileShelf, name: string): Promise<Uint8Array | null> => {
  const blob = await shelf.open(name);
  return blob === null ? null : new Uint8Array(await blob.arrayBuffer());
};

const makers: readonly [string, (behaviour: StorageBehaviour) => FileShelf][] = [
  ['the file system', (behaviour) => createOpfsShelf(fakeFolder(behaviour))],
  ['Cache Storage', (behaviour) => createCacheShelf(fakeCache(behaviour), 'https://page.test/weights/')],
  ['memory', () => createMemoryShelf()],
];

describe.each(makers)('a shelf in %s', (medium, make) => {
  const roomy = (): FileShelf => make({ quotaBytes: 1e9 });

  test('gives back what was written, over several pieces and sessions', async () => {
    const shelf = roomy();
    const [a, b, c] = [bytesOf(100, 1), bytesOf(9 * 2 ** 20, 2), bytesOf(7, 3)] as const;
    await put(shelf, 'file', a, b);
    await put(shelf, 'file', c);
    expect(Buffer.compare((await read(shelf, 'file')) ?? a, Buffer.concat([a, b, c]))).toBe(0);
    expect([...(await shelf.list())]).toEqual([['file', a.length + b.length + c.length]]);
  });

  test('renames in one step, and the old name is free for another file', async () => {
    const shelf = roomy();
    await put(shelf, 'part', bytesOf(10, 1));
    await shelf.rename('part', 'whole');
    await put(shelf, 'part', bytesOf(5, 2));
    expect(await read(shelf, 'whole')).toEqual(bytesOf(10, 1));
    await shelf.remove('part');
    expect(await read(shelf, 'whole')).toEqual(bytesOf(10, 1));
    expect([...(await shelf.list()).keys()]).toEqual(['whole']);
  });

  test('knows nothing of missing files, and removes them without complaint', async () => {
    const shelf = roomy();
    expect(await shelf.open('none')).toBeNull();
    await shelf.remove('none');
    expect((await shelf.list()).size).toBe(0);
  });

  test('replaces a small text', async () => {
    const shelf = roomy();
    await writeText(shelf, 'note', 'a long first text');
    await writeText(shelf, 'note', 'short');
    expect(await readText(shelf, 'note')).toBe('short');
  });

  test.skipIf(medium === 'memory')('says in a sentence that it is full', async () => {
    const shelf = make({ quotaBytes: 1000 });
    await expect(put(shelf, 'file', bytesOf(2000, 1))).rejects.toMatchObject({
      code: 'model/storage',
      message: expect.stringContaining('is full'),
    });
  });
});

test('a file that another tab is writing is refused with a sentence', async () => {
  const shelf = createOpfsShelf(fakeFolder({ quotaBytes: 1e9 }));
  const writer = await shelf.append('file');
  await expect(shelf.append('file')).rejects.toMatchObject({
    code: 'model/storage',
    message: expect.stringContaining('another tab'),
  });
  await expect(shelf.remove('file')).rejects.toMatchObject({ code: 'model/storage' });
  await writer.close();
  await shelf.remove('file');
});
