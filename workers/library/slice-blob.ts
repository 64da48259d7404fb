import { AppError } from '../../src/core/errors.ts';
import { readAhead } from './read-ahead.ts';
import type { SlicedFile } from './sliced-file.ts';

/** A blob in a worker, where the browser has a reader that does not wait. */
export function sliceBlob(blob: Blob): SlicedFile {
  return readAhead({
    size: blob.size,
    read(begin, end) {
      try {
        return new Uint8Array(new FileReaderSync().readAsArrayBuffer(blob.slice(begin, end)));
      } catch (cause) {
        throw new AppError(
          'file/unreadable',
          'The file could not be read: it was moved or changed since it was chosen, or memory is short. Choose it again.',
          { cause },
        );
      }
    },
  });
}
