import { CONTAINERS } from '../core/containers/index.ts';
import { filesWords } from '../words/files.ts';

/** More files than this are a mistake more often than a wish: every one of them would be opened. */
export const MOST_FILES = 200;

const PICTURES = ['png', 'jpg', 'jpeg', 'webp', 'avif', 'gif', 'bmp'];
const KNOWN: ReadonlySet<string> = new Set([
  ...PICTURES,
  'latent',
  ...CONTAINERS.flatMap(({ extensions }) => [...extensions]),
]);

/** Checkpoints lie in such folders; a latent or picture of this size is none. */
const LARGE_BYTES = 64e6;

export interface FolderFiles {
  readonly files: readonly File[];
  /** What was left out, as a sentence; null where nothing was. */
  readonly note: string | null;
}

/** Of the files of a folder, those that may be latents or pictures, by name; dotfiles, checkpoints and the rest stay where they are. */
export function openableFiles(all: readonly File[]): FolderFiles {
  const extension = ({ name }: File): string => /\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  const fitting = all
    .filter((file) => !file.name.startsWith('.') && KNOWN.has(extension(file)) && file.size <= LARGE_BYTES)
    .toSorted((a, b) => placeOf(a).localeCompare(placeOf(b), undefined, { numeric: true }));
  const files = fitting.slice(0, MOST_FILES);
  const left = all.length - files.length;
  if (files.length === 0) {
    return { files, note: filesWords().nothingFits(all.length) };
  }
  const more = fitting.length > MOST_FILES ? filesWords().onlyFirst(MOST_FILES) : '';
  return {
    files,
    note: left === 0 ? null : filesWords().leftOut(left) + more,
  };
}

const placeOf = ({ name, webkitRelativePath }: File): string => webkitRelativePath || name;

/** Every file in and under the dropped entries. */
export async function filesOf(entries: readonly FileSystemEntry[]): Promise<File[]> {
  const files: File[] = [];
  for (const entry of entries) {
    if (files.length > 10 * MOST_FILES) break;
    if (entry.isFile) files.push(await fileOf(entry as FileSystemFileEntry));
    else files.push(...(await filesOf(await childrenOf(entry as FileSystemDirectoryEntry))));
  }
  return files;
}

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => entry.file(resolve, reject));

/** A reader gives a hundred at a time, and nothing when there are no more. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}
