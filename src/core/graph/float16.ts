const bits = new Uint32Array(1);
const real = new Float32Array(bits.buffer);

/** IEEE binary16 bits of one float32, rounded to nearest even; beyond 65504 it becomes an infinity. */
export const halfBits = (value: number): number => {
  real[0] = value;
  const word = bits[0] ?? 0;
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude >= 0x38800000)
    return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
  // Subnormal: adding 0.5 puts the wanted bits at the end of the float32, rounded by the addition.
  real[0] = Math.abs(value) + 0.5;
  return sign | ((bits[0] ?? 0) - 0x3f000000);
};

/** Float32 values as binary16 bits; a new array. */
export const toHalf = (values: Float32Array): Uint16Array => {
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) halves[i] = halfBits(values[i] ?? 0);
  return halves;
};
