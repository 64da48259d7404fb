import type { KeepSome } from '../load/kept-bytes.ts';

/** How a fake storage behaves; may be turned while it is in use. */
export interface StorageBehaviour {
  /** Bytes it takes in all before it is full. */
  quotaBytes: number;
}

const missing = (): DOMException => new DOMException('no such file', 'NotFoundError');

/** A folder of the origin-private file system in memory, with the locks of sync access handles. */
export function fakeFolder(behaviour: StorageBehaviour): FileSystemDirectoryHandle {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const locked = new Set<string>();
  const total = (): number => [...files.values()].reduce((sum, bytes) => sum + bytes.length, 0);

  function handleOf(name: string): FileSystemFileHandle {
    function bytes(): Uint8Array<ArrayBuffer> {
      const found = files.get(name);
      if (found === undefined) throw missing();
      return found;
    }
    const handle = {
      kind: 'file',
      name,
      getFile: async () => new Blob([bytes()]),
      async createSyncAccessHandle() {
        if (locked.has(name)) throw new DOMException('locked', 'NoModificationAllowedError');
        locked.add(name);
        return {
          getSize: () => bytes().length,
          write(chunk: Uint8Array, { at }: { at: number }) {
            const room = Math.max(0, Math.min(chunk.length, behaviour.quotaBytes - total()));
            const next = new Uint8Array(Math.max(bytes().length, at + room));
            next.set(bytes());
            next.set(chunk.subarray(0, room), at);
            files.set(name, next);
            return room;
          },
          flush() {},
          close: () => locked.delete(name),
        };
      },
      async move(to: string) {
        files.set(to, bytes());
        files.delete(name);
      },
    };
    return handle as unknown as FileSystemFileHandle;
  }

  const folder = {
    async getFileHandle(name: string, options: { create?: boolean } = {}) {
      if (!files.has(name) && !options.create) throw missing();
      if (!files.has(name)) files.set(name, new Uint8Array(0));
      return handleOf(name);
    },
    async removeEntry(name: string) {
      if (locked.has(name)) throw new DOMException('locked', 'NoModificationAllowedError');
      if (!files.delete(name)) throw missing();
    },
    async *entries() {
      for (const name of [...files.keys()]) yield [name, handleOf(name)];
    },
  };
  return folder as unknown as FileSystemDirectoryHandle;
}

/** One cache of Cache Storage in memory. */
export function fakeCache(behaviour: StorageBehaviour): KeepSome {
  const entries = new Map<string, Blob>();
  const urlOf = (request: RequestInfo | URL): string =>
    request instanceof Request ? request.url : `${request}`;
  return {
    async match(request) {
      const blob = entries.get(urlOf(request));
      return blob === undefined ? undefined : new Response(blob);
    },
    async put(request, response) {
      const blob = await response.blob();
      const others = [...entries].filter(([url]) => url !== urlOf(request));
      if (others.reduce((sum, [, { size }]) => sum + size, blob.size) > behaviour.quotaBytes) {
        throw new DOMException('full', 'QuotaExceededError');
      }
      entries.set(urlOf(request), blob);
    },
    delete: async (request) => entries.delete(urlOf(request as RequestInfo)),
    keys: async () => [...entries.keys()].map((url) => new Request(url)),
  };
}
