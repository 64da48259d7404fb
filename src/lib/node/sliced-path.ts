import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { SlicedFile } from '../../../workers/library/sliced-file.ts';
import { AppError } from '../../core/errors.ts';

/** A file of the disk whose parts are read when they are asked for; open while `use` runs. Throws the system's errors. */
export function withSlicedFile<R>(path: string, use: (file: SlicedFile) => R): R {
  const handle = openSync(path, 'r');
  try {
    return use({
      size: fstatSync(handle).size,
      read(begin, end) {
        const bytes = new Uint8Array(end - begin);
        let filled = 0;
        while (filled < bytes.length) {
          const count = readSync(handle, bytes, filled, bytes.length - filled, begin + filled);
          if (count === 0) throw new AppError('file/unreadable', 'The file ended while it was read.');
          filled += count;
        }
        return bytes;
      },
    });
  } finally {
    closeSync(handle);
  }
}
