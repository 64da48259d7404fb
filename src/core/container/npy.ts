import { AppError } from '../errors.ts';
import { ByteBudget } from './byte-budget.ts';
import { BITS, byteLength } from './item-size.ts';
import { parseNpyHeader } from './npy-header.ts';
import { columnMajorStrides, gatherStrided } from './strided.ts';
import type { DType, FileTensor, TensorFile } from './tensor.ts';

const MAGIC = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59);

/** numpy refuses longer headers too (`_MAX_HEADER_SIZE`). */
const MAX_HEADER_BYTES = 10_000;

const KINDS: ReadonlyMap<string, DType> = new Map([
  ['f2', 'F16'],
  ['f4', 'F32'],
  ['f8', 'F64'],
  ['i1', 'I8'],
  ['i2', 'I16'],
  ['i4', 'I32'],
  ['i8', 'I64'],
  ['u1', 'U8'],
  ['u2', 'U16'],
  ['u4', 'U32'],
  ['u8', 'U64'],
  ['b1', 'BOOL'],
]);

/** How to take what a .npy file leaves open. */
export interface NpyOptions {
  /** 2-byte void elements (`|V2`) have no stated meaning; ml_dtypes writes bfloat16 so. Only read when asked. */
  readonly voidAs?: 'BF16';
}

export const isNpy = (bytes: Uint8Array): boolean => MAGIC.every((byte, i) => bytes[i] === byte);

const cut = (): AppError =>
  new AppError('file/truncated', 'The .npy file ends inside its header; download or write it again.');

function elementKind(descr: string | null, options: NpyOptions): { dtype: DType; isBig: boolean } {
  if (descr === null) {
    throw new AppError(
      'file/unsupported',
      'The .npy file holds a structured array (named fields); save the latent alone as a plain float array.',
    );
  }
  const order = /^[<>=|]/.test(descr) ? descr.charAt(0) : '=';
  const kind = order === descr.charAt(0) ? descr.slice(1) : descr;
  if (kind.startsWith('O')) {
    throw new AppError(
      'file/unsafe',
      'The .npy file holds Python objects (a pickle), which are not run here; save the latent as a plain float array.',
    );
  }
  if (kind === 'V2') {
    if (options.voidAs === 'BF16') return { dtype: 'BF16', isBig: order === '>' };
    throw new AppError(
      'file/unsupported',
      'The .npy file holds 2-byte elements without a stated kind (V2), as bfloat16 arrays are saved; put "bf16" into its name to have it read so, or save float32.',
      { detail: { remedy: 'read-void-as-bf16' } },
    );
  }
  const dtype = KINDS.get(kind);
  if (dtype === undefined) {
    throw new AppError(
      'file/unsupported',
      `The .npy file holds elements of kind "${descr.slice(0, 20)}"; expected plain floats or whole numbers (f2, f4, f8, i1-i8, u1-u8). Save it as float32.`,
      { detail: { descr: descr.slice(0, 20) } },
    );
  }
  return { dtype, isBig: order === '>' };
}

function swapped(bytes: Uint8Array, itemBytes: number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at += itemBytes) {
    for (let i = 0; i < itemBytes; i++) out[at + i] = bytes[at + itemBytes - 1 - i] as number;
  }
  return out;
}

/** No header reaches further into a .npy file. */
export const NPY_HEAD_BYTES = 12 + MAX_HEADER_BYTES;

interface NpyHead {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly isBig: boolean;
  readonly isFortran: boolean;
  readonly dataBegin: number;
}

/**
 * What the header says, judged against the size of the whole: `start` are its first NPY_HEAD_BYTES, or all of it. Throws what
 * `readNpy` throws, but file/too-large.
 */
export function readNpyHead(start: Uint8Array, totalBytes: number, options: NpyOptions): NpyHead {
  const bytes = start.subarray(0, totalBytes);
  if (!isNpy(bytes)) {
    throw new AppError(
      'file/malformed',
      'The .npy file does not begin with the NUMPY magic; write it with numpy.save.',
    );
  }
  if (bytes.length < 10) throw cut();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const major = view.getUint8(6);
  if (major < 1 || major > 3) {
    throw new AppError(
      'file/unsupported',
      `The .npy file has format version ${major}; versions 1 to 3 are read.`,
    );
  }
  const textBegin = major === 1 ? 10 : 12;
  if (bytes.length < textBegin) throw cut();
  const textBytes = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (textBytes > MAX_HEADER_BYTES) {
    throw new AppError(
      'file/malformed',
      `The .npy header claims ${textBytes} bytes; numpy writes at most ${MAX_HEADER_BYTES}. The file is damaged.`,
    );
  }
  const dataBegin = textBegin + textBytes;
  if (dataBegin > bytes.length) throw cut();
  const text = new TextDecoder(major === 3 ? 'utf-8' : 'latin1').decode(bytes.subarray(textBegin, dataBegin));
  const { descr, isFortran, shape } = parseNpyHeader(text);
  const { dtype, isBig } = elementKind(descr, options);
  const needed = byteLength(dtype, shape);
  const held = totalBytes - dataBegin;
  if (needed === null || needed !== held) {
    throw new AppError(
      needed !== null && needed < held ? 'file/malformed' : 'file/truncated',
      `The .npy file holds ${held} bytes of data, but its shape [${shape}] in ${dtype} needs ${needed ?? 'impossibly many'}; download or write it again.`,
    );
  }
  return { dtype, shape, isBig, isFortran, dataBegin };
}

/** One array of a .npy file or an .npz member, under `name`. Copies (Fortran order, big-endian) count against `budget`. */
export function readNpyTensor(
  bytes: Uint8Array,
  name: string,
  options: NpyOptions,
  budget: ByteBudget,
): FileTensor {
  const { dtype, shape, isBig, isFortran, dataBegin } = readNpyHead(bytes, bytes.length, options);
  const itemBytes = BITS[dtype] / 8;
  let data = bytes.subarray(dataBegin);
  if (isBig && itemBytes > 1) {
    budget.reserve(data.length, 'The array in little-endian order');
    data = swapped(data, itemBytes);
  }
  if (isFortran && shape.length > 1) {
    const tensor = { shape, strides: columnMajorStrides(shape), offset: 0 };
    data = gatherStrided(data, itemBytes, tensor, budget, 'The array in C order');
  }
  return { name, dtype, shape, bytes: data };
}

/**
 * A .npy file (versions 1.0 to 3.0) -> one tensor named "": a view on the file, or a copy where it is Fortran-ordered or
 * big-endian. The data must fill the file exactly. Object and structured arrays are refused, `|V2` unless `options` names it.
 * Throws file/truncated, file/malformed, file/unsupported, file/unsafe, file/too-large.
 */
export function readNpy(bytes: Uint8Array, options: NpyOptions = {}): TensorFile {
  const tensor = readNpyTensor(bytes, '', options, new ByteBudget());
  return { container: 'npy', tensors: new Map([['', tensor]]), metadata: {} };
}
