import { unzipSync, zipSync } from 'fflate';
import { crc32 } from '../src/core/container/crc32.ts';
import { pngChunks } from '../src/core/container/png-chunks.ts';

/** A small seeded generator (mulberry32): integers in [0, n). */
export type Random = (n: number) => number;

export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t ^= t + Math.imul(t ^ (t >>> 7), 61 | t);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * n);
  };
}

const pick = <T>(random: Random, items: readonly T[]): T => items[random(items.length)] as T;

/** Most edits fall where the structure is: into the first or last bytes. */
function position(random: Random, length: number): number {
  const zone = Math.min(length, 400);
  return pick(random, [() => random(zone), () => random(length), () => length - 1 - random(zone)])();
}

const NUMBERS = [
  0, 1, 2, 4, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
];
const TEXTS = [
  '0',
  '9',
  '-1',
  '1e9',
  '99999999',
  '9007199254740993',
  '[',
  ']',
  '(',
  ')',
  '{',
  '}',
  '"',
  "'",
  ',',
  'None',
  '<f8',
  '|O',
  'F64',
  'U8',
];

function splice(bytes: Uint8Array, at: number, remove: number, insert: Uint8Array): Uint8Array<ArrayBuffer> {
  const tail = bytes.subarray(Math.min(bytes.length, at + remove));
  const out = new Uint8Array(at + insert.length + tail.length);
  out.set(bytes.subarray(0, at));
  out.set(insert, at);
  out.set(tail, at + insert.length);
  return out;
}

type Mutation = (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

const flipBits: Mutation = (bytes, random) => {
  const out = bytes.slice();
  for (let n = 1 + random(8); n > 0; n--) {
    const at = position(random, out.length);
    out[at] = (out[at] as number) ^ (1 << random(8));
  }
  return out;
};

const truncate: Mutation = (bytes, random) => bytes.slice(0, position(random, bytes.length));

const extend: Mutation = (bytes, random) =>
  splice(bytes, bytes.length, 0, new Uint8Array(1 + random(64)).fill(random(256)));

const spliceOther: Mutation = (bytes, random, other) => {
  const from = position(random, other.length);
  const piece = other.subarray(from, from + random(200));
  return splice(bytes, position(random, bytes.length), pick(random, [0, piece.length, random(100)]), piece);
};

/** A length, count or offset field of 1, 2, 4 or 8 bytes overwritten with a number that breaks things. */
const writeNumber: Mutation = (bytes, random) => {
  const out = bytes.slice();
  const width = pick(random, [1, 2, 4, 8]);
  const at = position(random, Math.max(1, out.length - width));
  const value =
    BigInt(pick(random, [...NUMBERS, out.length, out.length - 1, out.length + 1])) <<
    (random(9) === 0 ? 32n : 0n);
  for (let i = 0; i < width && at + i < out.length; i++) {
    out[at + i] = Number((value >> BigInt(8 * i)) & 255n);
  }
  return out;
};

/** Header text: a token put in, or in place of digits nearby. */
const writeText: Mutation = (bytes, random) => {
  const token = new TextEncoder().encode(pick(random, TEXTS));
  let at = position(random, bytes.length);
  const isDigit = (i: number): boolean => (bytes[i] as number) >= 48 && (bytes[i] as number) <= 57;
  if (random(2) === 0) for (let i = at; i < Math.min(at + 60, bytes.length); i++) if (isDigit(i)) at = i;
  let digits = 0;
  while (isDigit(at + digits)) digits++;
  return splice(bytes, at, random(3) === 0 ? 0 : digits, token);
};

const MUTATIONS: readonly Mutation[] = [
  flipBits,
  flipBits,
  truncate,
  extend,
  spliceOther,
  writeNumber,
  writeNumber,
  writeText,
  writeText,
];

/** One to three random edits; never an empty file. */
export function mutate(bytes: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  let out = bytes;
  for (let n = 1 + random(3); n > 0; n--) {
    if (out.length > 0) out = pick(random, MUTATIONS)(out, random, other);
  }
  return out;
}

/** Edits one member of a ZIP and packs it again soundly, so that checksums and sizes let the edit through to the inner reader. */
export function mutateMember(zip: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  const members: Record<string, Uint8Array> = unzipSync(zip);
  const names = Object.keys(members);
  if (names.length === 0) return mutate(zip, random, other);
  const pickles = names.filter((name) => name.endsWith('data.pkl'));
  const name = pickles.length > 0 && random(3) > 0 ? (pickles[0] as string) : pick(random, names);
  members[name] = mutate(members[name] as Uint8Array, random, other);
  return zipSync(members, { level: random(4) === 0 ? 6 : 0 });
}

/** Edits a PNG and puts every chunk's checksum right again. */
export function mutateChunks(png: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  const out = png.slice();
  const chunks = [...pngChunks(out)];
  const chunk = pick(random, chunks);
  chunk.data.set(mutate(chunk.data.slice(), random, other).subarray(0, chunk.data.length));
  const view = new DataView(out.buffer);
  for (const { begin, typeAndData } of chunks) {
    view.setUint32(begin + 4 + typeAndData.length, crc32(typeAndData));
  }
  return out;
}

/** Edits the header text of a length-prefixed header and puts the length right again. */
export function mutateHeader(
  bytes: Uint8Array,
  random: Random,
  other: Uint8Array,
  prefix: 8 | 10,
): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const length = prefix === 8 ? view.getUint32(0, true) : view.getUint16(8, true);
  const header = mutate(bytes.slice(prefix, prefix + length), random, other.subarray(0, 400)).subarray(
    0,
    60_000,
  );
  const out = splice(bytes, prefix, length, header);
  const outView = new DataView(out.buffer);
  if (prefix === 8) outView.setUint32(0, header.length, true);
  else outView.setUint16(8, header.length, true);
  return out;
}
