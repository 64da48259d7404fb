import { isRecord } from '../core/is-record.ts';
import type { Override } from '../core/latent/reading.ts';

const KEEP = 'latentlift-keep-files';
const OPEN = 'latentlift-open-files';

/** A kept file that is open: which, how its reading was corrected, and whether it is on the stage. */
export interface OpenFile {
  readonly id: string;
  readonly override: Override;
  readonly isCurrent: boolean;
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Storage is off: files are not kept then either.
  }
}

/** Whether opened files are kept for the next visit, and which are open. Written at once, so that a sudden reload loses nothing. */
export const keeping = {
  get isOn(): boolean {
    return read(KEEP) !== 'off';
  },
  set isOn(value: boolean) {
    write(KEEP, value ? null : 'off');
  },
  get open(): readonly OpenFile[] {
    return parseOpenFiles(read(OPEN));
  },
  set open(files: readonly OpenFile[]) {
    write(OPEN, files.length === 0 ? null : JSON.stringify(files));
  },
};

/** What was written there; what is damaged is left out. An override is checked by whoever reads the file with it. */
export function parseOpenFiles(text: string | null): readonly OpenFile[] {
  let list: unknown;
  try {
    list = JSON.parse(text ?? '[]');
  } catch {
    return [];
  }
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown) =>
    isRecord(entry) && typeof entry['id'] === 'string' && /^[0-9a-f]{32}$/.test(entry['id'])
      ? [
          {
            id: entry['id'],
            override: isRecord(entry['override']) ? (entry['override'] as Override) : {},
            isCurrent: entry['isCurrent'] === true,
          },
        ]
      : [],
  );
}
