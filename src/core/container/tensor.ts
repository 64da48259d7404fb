/**
 * Element kinds, spelled as safetensors spells them; every container maps its own names to these. The last line's kinds
 * are listed (sizes, layout rules) but have no reading as float32: src/core/container/to-float32.ts refuses them.
 */
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
  | 'F8_E5M2'
  | 'F8_E4M3FNUZ'
  | 'F8_E5M2FNUZ'
  | 'F8_E8M0'
  | 'C64'
  | 'F6_E2M3'
  | 'F6_E3M2'
  | 'F4';

/** One tensor of a file: C order, little-endian, `bytes.length * 8 === product(shape) * BITS[dtype]`. Usually a view on the file. */
export interface FileTensor {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** A file opened: its tensors by name in file order, and its string metadata (safetensors `__metadata__`). */
export interface TensorFile {
  /** The kind of file whose conventions it follows (src/core/containers lists them). */
  readonly container: string;
  /** That kind for people, where the file came through the door. */
  readonly title?: string;
  readonly tensors: ReadonlyMap<string, FileTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}
