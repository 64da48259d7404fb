import type { DType } from './tensor.ts';

/** Bits of one element (github.com/huggingface/safetensors, tensor.rs, `Dtype::bitsize`). */
export const BITS: Readonly<Record<DType, number>> = {
  BOOL: 8,
  U8: 8,
  I8: 8,
  U16: 16,
  I16: 16,
  U32: 32,
  I32: 32,
  U64: 64,
  I64: 64,
  F16: 16,
  BF16: 16,
  F32: 32,
  F64: 64,
  F8_E4M3: 8,
  F8_E5M2: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  F8_E8M0: 8,
  C64: 64,
  F6_E2M3: 6,
  F6_E3M2: 6,
  F4: 4,
};

export const isDType = (name: unknown): name is DType =>
  typeof name === 'string' && Object.hasOwn(BITS, name);

/** Elements of a shape (1 for rank 0). Not a safe integer where the product overflows: check with `Number.isSafeInteger`. */
export const elementCount = (shape: readonly number[]): number => shape.reduce((n, size) => n * size, 1);

/** Bytes that a tensor of this kind and shape fills, or null where that is no whole, exactly representable number. */
export function byteLength(dtype: DType, shape: readonly number[]): number | null {
  // A zero anywhere makes the product 0 however large the other sizes are, as long as the partial products stay exact.
  let elements = 1;
  for (const size of shape) {
    elements *= size;
    if (!Number.isSafeInteger(elements)) return null;
  }
  const bits = elements * BITS[dtype];
  return Number.isSafeInteger(bits) && bits % 8 === 0 ? bits / 8 : null;
}
