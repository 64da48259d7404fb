const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

/** CRC-32 as ZIP and PNG use it (polynomial 0xEDB88320, PNG specification annex D), in [0, 2^32). */
export function crc32(...parts: readonly Uint8Array[]): number {
  let c = 0xffffffff;
  for (const part of parts) {
    for (let i = 0; i < part.length; i++) c = (TABLE[(c ^ (part[i] as number)) & 255] as number) ^ (c >>> 8);
  }
  return (c ^ 0xffffffff) >>> 0;
}
