import { type FileStorage, stored } from './file-storage.ts';

/** A file that a worker may write in place; `move` is in every engine that has these, and not in TypeScript's library. */
interface PlaceHandle {
  getFile(): Promise<Blob>;
  createSyncAccessHandle(): Promise<{
    getSize(): number;
    write(bytes: Uint8Array<ArrayBuffer>, options: { at: number }): number;
    flush(): void;
    close(): void;
  }>;
  move(name: string): Promise<void>;
}

const isMissing = (error: unknown): boolean => error instanceof Error && error.name === 'NotFoundError';

/** Files in a folder of the origin-private file system. */
export function createOpfsStorage(folder: FileSystemDirectoryHandle): FileStorage {
  const handleOf = async (name: string, options: FileSystemGetFileOptions = {}): Promise<PlaceHandle> =>
    (await folder.getFileHandle(name, options)) as unknown as PlaceHandle;
  async function find(name: string): Promise<PlaceHandle | null> {
    try {
      return await handleOf(name);
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  return {
    medium: 'opfs',
    list: () =>
      stored(async () => {
        const sizes = new Map<string, number>();
        for await (const [name, handle] of folder.entries()) {
          if (handle.kind !== 'file') continue;
          // Another tab may have removed or renamed it since.
          const file = await (handle as unknown as PlaceHandle).getFile().catch(() => null);
          if (file !== null) sizes.set(name, file.size);
        }
        return sizes;
      }),

    open: (name) => stored(async () => (await find(name))?.getFile() ?? null),

    append: (name) =>
      stored(async () => {
        const handle = await handleOf(name, { create: true });
        const access = await handle.createSyncAccessHandle();
        let at = access.getSize();
        return {
          write: (bytes) =>
            stored(async () => {
              const written = access.write(bytes, { at });
              at += written;
              // Chromium gives a short count where the disk itself is full.
              if (written < bytes.length) throw new DOMException('short write', 'QuotaExceededError');
            }),
          async close() {
            access.flush();
            access.close();
          },
        };
      }),

    rename: (from, to) =>
      stored(async () => {
        await (await handleOf(from)).move(to);
      }),

    remove: (name) =>
      stored(async () => {
        await folder.removeEntry(name).catch((error: unknown) => {
          if (!isMissing(error)) throw error;
        });
      }),
  };
}
