import type { Override } from '../core/latent/reading.ts';
import type { OpenedFile } from '../core/open-file.ts';

/**
 * Files larger than this are not read whole: browsers give no buffer much above 2 GB, and no latent or picture comes near.
 * Weights are larger, and are not read whole.
 */
export const MAX_READ_BYTES = 2 ** 30;

/** Reading of files off the page's thread, whose content nobody has vouched for. */
export interface FileReading {
  /** Resolves once the thread can work: what comes before it is the network's time and not the file's. */
  ready(): Promise<void>;
  /** What the file is (src/core/open-file.ts). A latent's buffers are the caller's. Throws AppError. */
  open(file: Blob, name: string, override: Override): Promise<OpenedFile>;
}
