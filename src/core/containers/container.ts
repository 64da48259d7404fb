import type { NpyOptions } from '../container/npy.ts';
import type { ContainerKind, TensorFile } from '../container/tensor.ts';
import type { ZipMember } from '../container/zip.ts';

/** A file as its readers see it. Parts that several need are made once. */
export interface SourceFile {
  readonly bytes: Uint8Array;
  /** "" where there is none. It only colours messages and settles what the content leaves open. */
  readonly name: string;
  readonly options: NpyOptions;
  /** The members of a ZIP archive, its directory parsed once; null for any other file. Throws file/malformed, file/truncated. */
  members(): ReadonlyMap<string, ZipMember> | null;
}

/** One kind of tensor file: how to know it, and how to read it. */
export interface Container {
  readonly kind: ContainerKind;
  /** For people: "NumPy array (.npy)". */
  readonly title: string;
  readonly extensions: readonly string[];
  /** True where the content says so; reads a few bytes, or names in a ZIP. */
  matches(file: SourceFile): boolean;
  /** The tensors, as views on the file where possible. Throws AppError file/*. */
  read(file: SourceFile): TensorFile;
}
