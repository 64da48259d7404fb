import { type FileShelf, stored } from './file-shelf.ts';

/** `move` is in every engine with sync access handles, and not in TypeScript's library. */
interface MovableHandle extends FileSystemFileHandle {
  move?(name: string): Promise<void>;
}

const isMissing = (error: unknown): boolean => error instanceof Error && error.name === 'NotFoundError';

/**
 * True where files can be written in place and renamed. A writable stream would copy the file at every resume; a sync access
 * handle, which workers alone get, writes through.
 */
export const hasOpfs = (): boolean =>
  typeof FileSystemFileHandle !== 'undefined' &&
  'createSyncAccessHandle' in FileSystemFileHandle.prototype &&
  'move' in FileSystemFileHandle.prototype;

/** Files in a folder of the origin-private file system. */
export function createOpfsShelf(folder: FileSystemDirectoryHandle): FileShelf {
  const find = async (name: string): Promise<MovableHandle | null> => {
    try {
      return await folder.getFileHandle(name);
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  };

  return {
    medium: 'opfs',
    list: () =>
      stored(async () => {
        const sizes = new Map<string, number>();
        for await (const [name, handle] of folder.entries()) {
          if (handle.kind !== 'file') continue;
          // Another tab may have removed or renamed it since.
          const file = await (handle as FileSystemFileHandle).getFile().catch(() => null);
          if (file !== null) sizes.set(name, file.size);
        }
        return sizes;
      }),

    open: (name) => stored(async () => (await find(name))?.getFile() ?? null),

    append: (name) =>
      stored(async () => {
        const handle = await folder.getFileHandle(name, { create: true });
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
        const handle = await find(from);
        await handle?.move?.(to);
      }),

    remove: (name) =>
      stored(async () => {
        await folder.removeEntry(name).catch((error: unknown) => {
          if (!isMissing(error)) throw error;
        });
      }),
  };
}
