/** Element kinds, spelled as safetensors spells them; every container maps its own names to these. */
export type DType =
  | 'BOOL'
  | 'U8'
  | 'I8'
  | 'U16'
  | 'I16'
  | 'U32'
  | 'I32'
  | 'U64'
  | 'I64'
  | 'F16'
  | 'BF16'
  | 'F32'
  | 'F64'
  | 'F8_E4M3'
  | 'F8_E5M2';

/** One tensor of a file: C order, little-endian, `bytes.length === product(shape) * itemSize`. Usually a view on the file. */
export interface FileTensor {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

export type ContainerKind = 'npy' | 'npz' | 'safetensors' | 'torch' | 'png';

/** A file opened: its tensors by name in file order, and its string metadata (safetensors `__metadata__`). */
export interface TensorFile {
  readonly container: ContainerKind;
  readonly tensors: ReadonlyMap<string, FileTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}
