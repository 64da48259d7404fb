const word = new Uint32Array(1);
const single = new Float32Array(word.buffer);

/** One float32 as IEEE half bits, rounded to nearest even; beyond 65,519 it becomes infinity, NaN stays NaN. */
export function halfBits(value: number): number {
  single[0] = value;
  const bits = word[0] as number;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  // 65520 and above round to infinity.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude < 0x38800000) {
    // Subnormal halves: adding 0.5 lets the float32 unit round to a multiple of 2^-24, to nearest even.
    word[0] = magnitude;
    single[0] = (single[0] as number) + 0.5;
    return sign | ((word[0] as number) - 0x3f000000);
  }
  const odd = (magnitude >>> 13) & 1;
  return sign | ((magnitude - 0x38000000 + 0xfff + odd) >>> 13);
}

/** float32 values as IEEE half bits, rounded to nearest even, in a fresh array. */
export function toFloat16(values: Float32Array): Uint16Array<ArrayBuffer> {
  const out = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) out[i] = halfBits(values[i] as number);
  return out;
}
