import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/** SHA-256 of bytes that come in pieces: Web Crypto hashes only what is whole in memory. */
export interface Sha256 {
  update(bytes: Uint8Array): void;
  /** The digest as 64 hexadecimal digits; the hash is used up. */
  hex(): string;
}

export function createSha256(): Sha256 {
  const hash = sha256.create();
  return {
    update: (bytes) => {
      hash.update(bytes);
    },
    hex: () => bytesToHex(hash.digest()),
  };
}
