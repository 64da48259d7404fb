import type { LoadedModel } from '../../src/contract/engine.ts';
import type { OnBytes } from './fetch-bytes.ts';

/** A file with the size and hash it must have. */
export interface StoredFile {
  readonly file: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

export interface FileBytes {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly from: LoadedModel['from'];
}

export interface ReadOptions {
  readonly signal?: AbortSignal;
  readonly onBytes?: OnBytes;
}

/** Throws model/fetch, or model/integrity when the bytes are not those of the manifest. */
export type ReadFile = (file: StoredFile, options?: ReadOptions) => Promise<FileBytes>;
