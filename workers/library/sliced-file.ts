import { isZip, sourceOf } from '../../src/core/container/read-tensors.ts';
import type { DType, FileTensor } from '../../src/core/container/tensor.ts';
import type { Container } from '../../src/core/containers/container.ts';
import { CONTAINERS, containerOf, readTensorFile } from '../../src/core/containers/index.ts';
import { AppError } from '../../src/core/errors.ts';
import type { StateDict } from '../../src/core/graph/index.ts';

/** A file whose parts can be read at once, without waiting: graphs read weights where they write them. */
export interface SlicedFile {
  readonly size: number;
  /** Bytes [begin, end), a fresh copy. Throws file/unreadable. */
  read(begin: number, end: number): Uint8Array<ArrayBuffer>;
}

/** Files without a head are read whole to find their tensors; browsers give no buffer much above 2 GB. */
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

const TRUSTED = CONTAINERS.flatMap(({ trustsExtension, extensions }) => (trustsExtension ? extensions : []));

/** What calls itself safetensors and is none is looked at for what it is (a Git LFS pointer, a web page). */
function plainName(name: string): string {
  const extension = /\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  return TRUSTED.includes(extension) ? name.slice(0, -extension.length - 1) : name;
}

/** What a file's first bytes say it is; a ZIP archive shows that at its end. */
const byHead = (first: Uint8Array<ArrayBuffer>): Container | null =>
  isZip(first) ? null : containerOf(sourceOf(first, ''));

/**
 * The tensors of a weights file, left on the disk: a file with a head costs that (safetensors), another one is read whole once to
 * find its tensors, and then kept only where they are not simply parts of it. Throws AppError file/*.
 */
export function openSliced(file: SlicedFile, name: string): StateDict {
  const first = file.read(0, Math.min(16, file.size));
  const head = byHead(first)?.head ?? null;
  if (head !== null) {
    const places = head.places(file.read(0, head.bytes(first, file.size)), file.size);
    return new Map(
      places.map((place) => [place.name, new SlicedTensor(file, place, place.begin, place.end)]),
    );
  }
  if (file.size > MAX_WHOLE_BYTES) {
    throw new AppError(
      'file/too-large',
      `${name} has ${(file.size / 1e9).toFixed(1)} GB; files of its kind are read up to 2 GB. Save its VAE alone, or as safetensors.`,
    );
  }
  const whole = file.read(0, file.size);
  const { tensors } = readTensorFile(whole, plainName(name));
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
  if (isZip(head) || head.length < 16) return;
  const container = byHead(head);
  if (container === null) readTensorFile(head, plainName(name));
  else if (totalBytes > 0) container.head?.bytes(head, totalBytes);
}
