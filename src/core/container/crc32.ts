/** Table k: what a byte does to the checksum k bytes later. Four of them take four bytes at a time. */
const TABLES = ((): readonly [Uint32Array, Uint32Array, Uint32Array, Uint32Array] => {
  const first = Uint32Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c;
  });
  const after = (table: Uint32Array): Uint32Array => table.map((c) => (first[c & 255] as number) ^ (c >>> 8));
  const [second, third] = [after(first), after(after(first))];
  return [first, second, third, after(third)];
})();

/** CRC-32 as ZIP and PNG use it (polynomial 0xEDB88320, PNG specification annex D), in [0, 2^32). */
export function crc32(...parts: readonly Uint8Array[]): number {
  const [t0, t1, t2, t3] = TABLES;
  let c = 0xffffffff;
  for (const part of parts) {
    const whole = part.length - (part.length % 4);
    for (let i = 0; i < whole; i += 4) {
      c ^=
        (part[i] as number) |
        ((part[i + 1] as number) << 8) |
        ((part[i + 2] as number) << 16) |
        ((part[i + 3] as number) << 24);
      c =
        (t3[c & 255] as number) ^
        (t2[(c >>> 8) & 255] as number) ^
        (t1[(c >>> 16) & 255] as number) ^
        (t0[c >>> 24] as number);
    }
    for (let i = whole; i < part.length; i++) c = (t0[(c ^ (part[i] as number)) & 255] as number) ^ (c >>> 8);
  }
  return (c ^ 0xffffffff) >>> 0;
}
