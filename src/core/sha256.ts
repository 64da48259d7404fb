/** SHA-256 of bytes that come in pieces: Web Crypto hashes only what is whole in memory. */
export interface Sha256 {
  update(bytes: Uint8Array): void;
  /** The digest as 64 hexadecimal digits; the hash is used up. */
  hex(): string;
}

const BLOCK = 64;

/**
 * The fractional parts of the roots of the first primes (FIPS 180-4, 4.2.2 and 5.3.3), computed instead of typed: exact in
 * float64. Signed words, here and below: engines keep those as integers, where unsigned ones turn into doubles.
 */
function fractions(count: number, root: (n: number) => number): Int32Array {
  const words = new Int32Array(count);
  let found = 0;
  for (let n = 2; found < count; n += 1) {
    let isPrime = true;
    for (let d = 2; d * d <= n && isPrime; d += 1) isPrime = n % d !== 0;
    if (isPrime) {
      words[found] = Math.floor((root(n) % 1) * 2 ** 32);
      found += 1;
    }
  }
  return words;
}

const K = fractions(64, Math.cbrt);
const START = fractions(8, Math.sqrt);

/** One block of 64 bytes into the state (FIPS 180-4, 6.2.2). */
function compress(state: Int32Array, w: Int32Array, bytes: Uint8Array, from: number): void {
  for (let t = 0; t < 16; t += 1) {
    const at = from + 4 * t;
    w[t] =
      ((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number);
  }
  for (let t = 16; t < 64; t += 1) {
    const x = w[t - 15] as number;
    const y = w[t - 2] as number;
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[t] = ((w[t - 16] as number) + s0 + (w[t - 7] as number) + s1) | 0;
  }
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  let e = state[4] as number;
  let f = state[5] as number;
  let g = state[6] as number;
  let h = state[7] as number;
  for (let t = 0; t < 64; t += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (K[t] as number) + (w[t] as number)) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] = (state[0] as number) + a;
  state[1] = (state[1] as number) + b;
  state[2] = (state[2] as number) + c;
  state[3] = (state[3] as number) + d;
  state[4] = (state[4] as number) + e;
  state[5] = (state[5] as number) + f;
  state[6] = (state[6] as number) + g;
  state[7] = (state[7] as number) + h;
}

/** A fresh hash (FIPS 180-4). */
export function createSha256(): Sha256 {
  const state = START.slice();
  const words = new Int32Array(64);
  const rest = new Uint8Array(BLOCK);
  let held = 0;
  let total = 0;

  function update(bytes: Uint8Array): void {
    total += bytes.length;
    let at = 0;
    if (held > 0) {
      at = Math.min(BLOCK - held, bytes.length);
      rest.set(bytes.subarray(0, at), held);
      held += at;
      if (held < BLOCK) return;
      compress(state, words, rest, 0);
      held = 0;
    }
    for (; at + BLOCK <= bytes.length; at += BLOCK) compress(state, words, bytes, at);
    rest.set(bytes.subarray(at));
    held = bytes.length - at;
  }

  return {
    update,
    hex() {
      const bits = total * 8;
      const zeros = (BLOCK + 55 - held) % BLOCK;
      const padding = new Uint8Array(1 + zeros + 8);
      padding[0] = 0x80;
      const view = new DataView(padding.buffer);
      view.setUint32(1 + zeros, Math.floor(bits / 2 ** 32));
      view.setUint32(5 + zeros, bits >>> 0);
      update(padding);
      return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
    },
  };
}
