import type { FileStorage } from './file-storage.ts';

/** Where a browser gives no storage (no secure origin, some private windows): files last as long as the worker. */
export function createMemoryStorage(): FileStorage {
  const files = new Map<string, Blob>();
  return {
    medium: 'memory',
    list: async () => new Map([...files].map(([name, blob]) => [name, blob.size])),
    open: async (name) => files.get(name) ?? null,
    async append(name) {
      files.set(name, files.get(name) ?? new Blob([]));
      return {
        async write(bytes) {
          files.set(name, new Blob([files.get(name) ?? '', bytes]));
        },
        close: async () => {},
      };
    },
    async rename(from, to) {
      const blob = files.get(from);
      if (blob === undefined) return;
      files.set(to, blob);
      files.delete(from);
    },
    async remove(name) {
      files.delete(name);
    },
  };
}
