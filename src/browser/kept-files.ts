/** A file of the person's in the browser's own storage, to be opened again. */
export interface KeptFile {
  /** The first 32 hexadecimal digits of its SHA-256. */
  readonly id: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly openedAt: number;
}

export interface KeptFiles {
  /** Newest last. */
  list(): Promise<readonly KeptFile[]>;
  /** Keeps a file and gives its id, or null where it is too large, or the room is used up by those whose ids are in `open`. */
  keep(file: File, open: ReadonlySet<string>): Promise<string | null>;
  /** The file itself under the name it came by, or null where it is gone. */
  open(id: string): Promise<File | null>;
  remove(id: string): Promise<void>;
  clear(): Promise<void>;
}

const FOLDER = 'latentlift-files';
/** Latents and pictures are smaller; what is larger is read from its own place every time. */
export const MOST_FILE_BYTES = 128e6;
const MOST_BYTES = 1e9;
const MOST_FILES = 100;
/** A file and its description are written within seconds of each other. */
const ORPHAN_MS = 3_600_000;

/** Where a browser has no folder to write to, nothing is kept. */
export const canKeep = (): boolean =>
  typeof navigator.storage?.getDirectory === 'function' &&
  typeof FileSystemFileHandle !== 'undefined' &&
  'createWritable' in FileSystemFileHandle.prototype;

const folder = async (): Promise<FileSystemDirectoryHandle> =>
  (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });

async function read(name: string): Promise<File | null> {
  try {
    return await (await (await folder()).getFileHandle(name)).getFile();
  } catch {
    return null;
  }
}

async function remove(id: string): Promise<void> {
  const at = await folder();
  for (const name of [`${id}.json`, id]) await at.removeEntry(name).catch(() => {});
}

/** Files without a description: the tab that wrote them ended in between, and no list names them. */
async function sweep(): Promise<void> {
  const names = new Set<string>();
  for await (const name of (await folder()).keys()) names.add(name);
  for (const name of names) {
    if (name.endsWith('.json') || names.has(`${name}.json`)) continue;
    const file = await read(name);
    if (file !== null && Date.now() - file.lastModified > ORPHAN_MS) await remove(name);
  }
}

/**
 * Files in a folder of the origin-private file system, each beside a small description, so that two tabs never write the same
 * list. The longest closed give way where the room is used up.
 */
export function createKeptFiles(): KeptFiles {
  async function write(name: string, content: Blob | string): Promise<void> {
    const handle = await (await folder()).getFileHandle(name, { create: true });
    const stream = await handle.createWritable();
    await stream.write(content);
    await stream.close();
  }

  async function describe(id: string): Promise<KeptFile | null> {
    try {
      const told = JSON.parse((await (await read(`${id}.json`))?.text()) ?? 'null') as KeptFile | null;
      return told !== null && told.id === id && typeof told.name === 'string' ? told : null;
    } catch {
      return null;
    }
  }

  async function list(): Promise<readonly KeptFile[]> {
    const ids: string[] = [];
    for await (const name of (await folder()).keys()) if (name.endsWith('.json')) ids.push(name.slice(0, -5));
    const told = await Promise.all(ids.map(describe));
    return told.filter((file) => file !== null).sort((a, b) => a.openedAt - b.openedAt);
  }

  async function makeRoom(sizeBytes: number, open: ReadonlySet<string>): Promise<boolean> {
    await sweep();
    const files = await list();
    let bytes = files.reduce((sum, file) => sum + file.sizeBytes, sizeBytes);
    let count = files.length + 1;
    for (const file of files.filter(({ id }) => !open.has(id))) {
      if (bytes <= MOST_BYTES && count <= MOST_FILES) break;
      await remove(file.id);
      bytes -= file.sizeBytes;
      count -= 1;
    }
    return bytes <= MOST_BYTES && count <= MOST_FILES;
  }

  return {
    list,
    remove,

    async keep(file, open) {
      if (file.size > MOST_FILE_BYTES) return null;
      const bytes = await file.arrayBuffer();
      const id = hex(await crypto.subtle.digest('SHA-256', bytes)).slice(0, 32);
      const isKnown = (await read(id))?.size === file.size;
      if (!isKnown) {
        if (!(await makeRoom(file.size, open))) return null;
        await write(id, new Blob([bytes]));
      }
      const told = { id, name: file.name, sizeBytes: file.size, openedAt: Date.now() };
      await write(`${id}.json`, JSON.stringify(told satisfies KeptFile));
      return id;
    },

    async open(id) {
      const [told, file] = await Promise.all([describe(id), read(id)]);
      return told === null || file === null ? null : new File([file], told.name);
    },

    async clear() {
      const root = await navigator.storage.getDirectory();
      await root.removeEntry(FOLDER, { recursive: true }).catch(() => {});
    },
  };
}

const hex = (digest: ArrayBuffer): string =>
  Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
