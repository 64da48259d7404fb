import type { NpyOptions } from '../container/npy.ts';
import type { FileTensor, TensorFile } from '../container/tensor.ts';
import type { ZipMember } from '../container/zip.ts';

/** A file as its readers see it. Parts that several need are made once. */
export interface SourceFile {
  readonly bytes: Uint8Array;
  /** "" where there is none. It only colours messages and decides what the content leaves open. */
  readonly name: string;
  readonly options: NpyOptions;
  /** The members of a ZIP archive, its directory parsed once; null for any other file. Throws file/malformed, file/truncated. */
  members(): ReadonlyMap<string, ZipMember> | null;
}

/** A tensor as a file's head describes it: its bytes are [begin, end) of the file. */
export interface TensorPlace extends Omit<FileTensor, 'bytes'> {
  readonly begin: number;
  readonly end: number;
}

/** How to find the tensors of a file of gigabytes from its beginning alone. */
export interface HeadReader {
  /** The head's length, from the file's first 16 bytes. Throws AppError file/*. */
  bytes(first: Uint8Array, totalBytes: number): number;
  /** Throws AppError file/*. */
  places(head: Uint8Array, totalBytes: number): readonly TensorPlace[];
}

/** One kind of tensor file: how to know it, how to read it, and what the page says of it. */
export interface Container {
  readonly kind: string;
  /** For people, beside a file's size: "NumPy .npy". */
  readonly title: string;
  /** In a list of what can be opened: "safetensors, ComfyUI .latent". */
  readonly listed: string;
  readonly extensions: readonly string[];
  /** Of these, the ones under which weights of networks come. */
  readonly weightExtensions: readonly string[];
  /** True where damage may hide what `matches` looks for: a file of no known content is then read as what its extension says. */
  readonly trustsExtension: boolean;
  /** Null where the file is read whole to find its tensors. */
  readonly head: HeadReader | null;
  /** True where the content says so; reads a few bytes, or names in a ZIP. */
  matches(file: SourceFile): boolean;
  /** The tensors, as views on the file where possible. Throws AppError file/*. */
  read(file: SourceFile): TensorFile;
}
