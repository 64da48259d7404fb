import type { DType } from './tensor.ts';

/** Where a tensor's bytes may be read in place: typed arrays demand an offset that is a multiple of the item. */
export function aligned(bytes: Uint8Array, itemBytes: number): Uint8Array {
  return bytes.byteOffset % itemBytes === 0 ? bytes : new Uint8Array(bytes);
}

/** A small float of `exponentBits` and `mantissaBits` under a sign bit; `special` says what the top exponent means. */
export function smallFloat(
  bits: number,
  exponentBits: number,
  mantissaBits: number,
  bias: number,
  special: 'ieee' | 'fn' | 'fnuz',
): number {
  const sign = bits >> (exponentBits + mantissaBits) === 1 ? -1 : 1;
  const exponent = (bits >> mantissaBits) & ((1 << exponentBits) - 1);
  const mantissa = bits & ((1 << mantissaBits) - 1);
  const top = (1 << exponentBits) - 1;
  if (special === 'ieee' && exponent === top) return mantissa === 0 ? sign * Infinity : NaN;
  if (special === 'fn' && exponent === top && mantissa === (1 << mantissaBits) - 1) return NaN;
  // fnuz ("finite, no negative zero") spends the pattern of -0 on NaN.
  if (special === 'fnuz' && sign === -1 && exponent === 0 && mantissa === 0) return NaN;
  return exponent === 0
    ? sign * mantissa * 2 ** (1 - bias - mantissaBits)
    : sign * (1 + mantissa / (1 << mantissaBits)) * 2 ** (exponent - bias);
}

const tables = new Map<DType, Float32Array>();

/** Every value of a kind of at most 16 bits, made at its first use (256 KB for F16, 1 KB for the 8-bit kinds). */
export function tableOf(dtype: DType, entries: number, value: (bits: number) => number): Float32Array {
  let table = tables.get(dtype);
  if (table === undefined) {
    table = new Float32Array(entries);
    for (let bits = 0; bits < entries; bits++) table[bits] = value(bits);
    tables.set(dtype, table);
  }
  return table;
}

/** The entry of every pattern. */
export function look(bits: Uint8Array | Uint16Array, table: Float32Array): Float32Array {
  const out = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) out[i] = table[bits[i] as number] as number;
  return out;
}

/** float16, little-endian, as float32 in a fresh array. */
export function halvesToFloat32(bytes: Uint8Array): Float32Array {
  const b = aligned(bytes, 2);
  const bits = new Uint16Array(b.buffer, b.byteOffset, b.length >> 1);
  return look(
    bits,
    tableOf('F16', 65536, (half) => smallFloat(half, 5, 10, 15, 'ieee')),
  );
}
