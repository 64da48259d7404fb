import { openTensorFile } from '../../src/core/container/open-tensor-file.ts';
import { readSafetensorsHead, safetensorsHeadBytes } from '../../src/core/container/safetensors.ts';
import type { DType, FileTensor } from '../../src/core/container/tensor.ts';
import { AppError } from '../../src/core/errors.ts';
import type { StateDict } from '../../src/core/graph/index.ts';

/** A file whose parts can be read at once, without waiting: graphs read weights where they write them. */
export interface SlicedFile {
  readonly size: number;
  /** Bytes [begin, end), a fresh copy. Throws file/unreadable. */
  read(begin: number, end: number): Uint8Array<ArrayBuffer>;
}

/** Files that are no safetensors are read whole to find their tensors; browsers give no buffer much above 2 GB. */
const MAX_WHOLE_BYTES = 2_000_000_000;

/** A tensor that stays in its file until it is asked for, and is not kept after that. */
class SlicedTensor implements FileTensor {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly #file: SlicedFile;
  readonly #begin: number;
  readonly #end: number;

  constructor(file: SlicedFile, tensor: Omit<FileTensor, 'bytes'>, begin: number, end: number) {
    this.name = tensor.name;
    this.dtype = tensor.dtype;
    this.shape = tensor.shape;
    this.#file = file;
    this.#begin = begin;
    this.#end = end;
  }

  get bytes(): Uint8Array {
    return this.#file.read(this.#begin, this.#end);
  }
}

/** What calls itself safetensors and is none is looked at for what it is (a Git LFS pointer, a web page). */
const plainName = (name: string): string => name.replace(/\.(safetensors|sft)$/i, '');

function openSafetensors(file: SlicedFile): StateDict {
  const headBytes = safetensorsHeadBytes(file.read(0, Math.min(8, file.size)), file.size);
  const { places } = readSafetensorsHead(file.read(0, headBytes), file.size);
  return new Map(places.map((place) => [place.name, new SlicedTensor(file, place, place.begin, place.end)]));
}

/**
 * The tensors of a weights file, left on the disk: a safetensors file costs its header, another one is read whole once to
 * find its tensors, and then kept only where they are not simply parts of it. Throws AppError file/*.
 */
export function openSliced(file: SlicedFile, name: string): StateDict {
  const first = file.read(0, Math.min(16, file.size));
  if (first[8] === 0x7b) return openSafetensors(file);
  if (file.size > MAX_WHOLE_BYTES)
    throw new AppError(
      'file/too-large',
      `${name} has ${(file.size / 1e9).toFixed(1)} GB; files of its kind are read up to 2 GB. Save its VAE alone, or as safetensors.`,
    );
  const whole = file.read(0, file.size);
  const { tensors } = openTensorFile(whole, plainName(name));
  return new Map(
    [...tensors].map(([key, tensor]) => {
      const { bytes } = tensor;
      const isPart = bytes.buffer === whole.buffer;
      const end = bytes.byteOffset + bytes.length;
      return [key, isPart ? new SlicedTensor(file, tensor, bytes.byteOffset, end) : tensor];
    }),
  );
}

/** Throws what `openSliced` will throw, as far as a file's first bytes tell: a download need not go on to its end. */
export function refuseByHead(head: Uint8Array<ArrayBuffer>, totalBytes: number, name: string): void {
  const isZip = head[0] === 0x50 && head[1] === 0x4b;
  if (isZip || head.length < 16) return;
  if (head[8] !== 0x7b) openTensorFile(head, plainName(name));
  else if (totalBytes > 0) safetensorsHeadBytes(head, totalBytes);
}
