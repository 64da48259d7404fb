import { AppError } from '../errors.ts';
import { aligned, halvesToFloat32, look, smallFloat, tableOf } from './small-float.ts';
import type { FileTensor } from './tensor.ts';

const look8 = (t: FileTensor, value: (bits: number) => number): Float32Array =>
  look(t.bytes, tableOf(t.dtype, 256, value));

function fromBfloat16(bytes: Uint8Array): Float32Array {
  const b = aligned(bytes, 2);
  const halves = new Uint16Array(b.buffer, b.byteOffset, b.length >> 1);
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = (halves[i] as number) << 16;
  return new Float32Array(bits.buffer);
}

function fromBigInts(values: BigInt64Array | BigUint64Array): Float32Array {
  const out = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) out[i] = Number(values[i]);
  return out;
}

/**
 * A tensor's values as float32, in its own order. F32 at an aligned offset comes back as a *view on the file's bytes* (do not
 * write to it); every other kind is a fresh array. F64 and wide integers round. Hosts are little-endian, as WebAssembly
 * demands. Throws file/unsupported for kinds without a plain reading (C64, F6, F4).
 */
export function toFloat32(t: FileTensor): Float32Array {
  function at(itemBytes: number): [ArrayBuffer, number, number] {
    const b = aligned(t.bytes, itemBytes);
    return [b.buffer as ArrayBuffer, b.byteOffset, b.length / itemBytes];
  }
  switch (t.dtype) {
    case 'F32':
      return new Float32Array(...at(4));
    case 'F64':
      return Float32Array.from(new Float64Array(...at(8)));
    case 'F16':
      return halvesToFloat32(t.bytes);
    case 'BF16':
      return fromBfloat16(t.bytes);
    case 'BOOL':
    case 'U8':
      return Float32Array.from(t.bytes);
    case 'I8':
      return Float32Array.from(new Int8Array(...at(1)));
    case 'U16':
      return Float32Array.from(new Uint16Array(...at(2)));
    case 'I16':
      return Float32Array.from(new Int16Array(...at(2)));
    case 'U32':
      return Float32Array.from(new Uint32Array(...at(4)));
    case 'I32':
      return Float32Array.from(new Int32Array(...at(4)));
    case 'U64':
      return fromBigInts(new BigUint64Array(...at(8)));
    case 'I64':
      return fromBigInts(new BigInt64Array(...at(8)));
    // The 8-bit kinds: arXiv 2209.05433 (E4M3 without infinities, E5M2 as IEEE) and ONNX's list of the FNUZ and E8M0 kinds.
    case 'F8_E4M3':
      return look8(t, (bits) => smallFloat(bits, 4, 3, 7, 'fn'));
    case 'F8_E5M2':
      return look8(t, (bits) => smallFloat(bits, 5, 2, 15, 'ieee'));
    case 'F8_E4M3FNUZ':
      return look8(t, (bits) => smallFloat(bits, 4, 3, 8, 'fnuz'));
    case 'F8_E5M2FNUZ':
      return look8(t, (bits) => smallFloat(bits, 5, 2, 16, 'fnuz'));
    case 'F8_E8M0':
      return look8(t, (bits) => (bits === 255 ? NaN : 2 ** (bits - 127)));
    case 'C64':
    case 'F6_E2M3':
    case 'F6_E3M2':
    case 'F4':
      throw new AppError(
        'file/unsupported',
        `Tensor "${t.name}" holds ${t.dtype} elements, which have no plain reading here; save it as F32, F16 or BF16.`,
        { detail: { tensor: t.name, dtype: t.dtype } },
      );
  }
}
