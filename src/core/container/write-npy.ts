import { AppError } from '../errors.ts';
import type { DType, FileTensor } from './tensor.ts';

const DESCR: Readonly<Partial<Record<DType, string>>> = { F16: '<f2', F32: '<f4', F64: '<f8' };

/** numpy aligns the data to this many bytes (`ARRAY_ALIGN` in numpy/lib/_format_impl.py). */
const ALIGN = 64;

/** A version 1.0 .npy file of an F16, F32 or F64 tensor, C order. Throws file/unsupported for other kinds. */
export function writeNpy(tensor: Omit<FileTensor, 'name'>): Uint8Array<ArrayBuffer> {
  const descr = DESCR[tensor.dtype];
  if (descr === undefined) {
    throw new AppError(
      'file/unsupported',
      `A .npy file here holds F16, F32 or F64, not ${tensor.dtype}; choose one of them.`,
    );
  }
  const sizes = tensor.shape.length === 1 ? `${tensor.shape[0]},` : tensor.shape.join(', ');
  const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const headerBytes = Math.ceil((10 + dict.length + 1) / ALIGN) * ALIGN;
  const out = new Uint8Array(headerBytes + tensor.bytes.length);
  out.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  new DataView(out.buffer).setUint16(8, headerBytes - 10, true);
  out.set(new TextEncoder().encode(`${dict.padEnd(headerBytes - 11)}\n`), 10);
  out.set(tensor.bytes, headerBytes);
  return out;
}
