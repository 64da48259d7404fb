const KEEP = 'latentlift-keep-files';
const HINT = 'latentlift-open-files';

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

/** Whether opened files are kept for the next visit, and whether the last one left any open: known without a look at the storage. */
export const keeping = {
  get isOn(): boolean {
    return read(KEEP) !== 'off';
  },
  set isOn(value: boolean) {
    write(KEEP, value ? null : 'off');
  },
  get hasOpen(): boolean {
    return read(HINT) === 'yes';
  },
  set hasOpen(value: boolean) {
    write(HINT, value ? 'yes' : null);
  },
};
