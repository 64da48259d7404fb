import { afterEach, describe, expect, test, vi } from 'vitest';
import { createKeptFiles } from './kept-files.ts';

const HOUR_MS = 3_600_000;

/** The origin-private file system in memory: one folder, whose files are whole or not there. */
function storage() {
  const files = new Map<string, { content: Blob; lastModified: number }>();
  const fileOf = (name: string) => ({
    async getFile() {
      const found = files.get(name);
      if (found === undefined) throw new DOMException('no such file', 'NotFoundError');
      return new File([found.content], name, { lastModified: found.lastModified });
    },
    async createWritable() {
      let content = new Blob();
      return {
        async write(part: Blob | string) {
          content = new Blob([part]);
        },
        async close() {
          files.set(name, { content, lastModified: Date.now() });
        },
      };
    },
  });
  const folder = {
    async getFileHandle(name: string, { create = false } = {}) {
      if (!create && !files.has(name)) throw new DOMException('no such file', 'NotFoundError');
      return fileOf(name);
    },
    async removeEntry(name: string) {
      if (!files.delete(name)) throw new DOMException('no such file', 'NotFoundError');
    },
    async *keys() {
      yield* [...files.keys()];
    },
  };
  const root = { getDirectoryHandle: async () => folder };
  vi.stubGlobal('navigator', { storage: { getDirectory: async () => root } });
  return files;
}

afterEach(() => vi.unstubAllGlobals());

const latent = new File([new Uint8Array(100)], 'a.npy');

describe('files that are kept for the next visit', () => {
  test('come back under the name they came by', async () => {
    storage();
    const kept = createKeptFiles();
    const id = await kept.keep(latent, new Set());
    expect((await kept.list()).map(({ name }) => name)).toEqual(['a.npy']);
    expect((await kept.open(id ?? ''))?.name).toBe('a.npy');
  });

  test('of a tab that ended before it had written what they are do not fill the disk for ever', async () => {
    const files = storage();
    const orphan = 'f'.repeat(32);
    files.set(orphan, { content: new Blob([new Uint8Array(1000)]), lastModified: Date.now() - 2 * HOUR_MS });
    const kept = createKeptFiles();
    const id = await kept.keep(latent, new Set());
    expect([...files.keys()].sort()).toEqual([id, `${id}.json`].sort());
  });

  test('which another tab is writing just now are left alone', async () => {
    const files = storage();
    const fresh = 'e'.repeat(32);
    files.set(fresh, { content: new Blob([new Uint8Array(1000)]), lastModified: Date.now() });
    await createKeptFiles().keep(latent, new Set());
    expect(files.has(fresh)).toBe(true);
  });
});
