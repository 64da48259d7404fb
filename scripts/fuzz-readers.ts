import { readdirSync, readFileSync } from 'node:fs';
import { readNpy } from '../src/core/container/npy.ts';
import { readNpz } from '../src/core/container/npz.ts';
import { readPng8 } from '../src/core/container/png8.ts';
import { sourceOf } from '../src/core/container/read-tensors.ts';
import { readSafetensors } from '../src/core/container/safetensors.ts';
import type { TensorFile } from '../src/core/container/tensor.ts';
import { readTorch } from '../src/core/container/torch.ts';
import { containerOf } from '../src/core/containers/index.ts';
import { readLegacyTorch } from '../src/core/containers/torch-legacy.ts';
import { AppError } from '../src/core/errors.ts';
import { interpret } from '../src/core/latent/interpret.ts';
import { readLatentFile } from '../src/core/latent/read-latent-file.ts';
import {
  mutate,
  mutateChunks,
  mutateHeader,
  mutateMember,
  type Random,
  randomFrom,
} from './fuzz-mutations.ts';

/** What every reader promises (SECURITY.md, Limits): each file ends within this time and within this much memory above its own size. */
export const LIMITS = { ms: 1000, bytes: 256 * 2 ** 20 };

type Mutation = (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

const REPEAT_ABOVE_MS = 50;

interface Target {
  readonly read: (bytes: Uint8Array) => TensorFile;
  /** Bytes that random files begin with half of the time, so that they get past the first check. */
  readonly magic: readonly number[];
  /** An edit that keeps the outer structure sound. */
  readonly inner: Mutation;
}

const ZIP = [0x50, 0x4b, 3, 4];
export const TARGETS = {
  npy: {
    read: (bytes) => readNpy(bytes, { voidAs: 'BF16' }),
    magic: [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 40, 0],
    inner: (bytes, random, other) => mutateHeader(bytes, random, other, 10),
  },
  npz: { read: (bytes) => readNpz(bytes), magic: ZIP, inner: mutateMember },
  safetensors: {
    read: readSafetensors,
    magic: [60, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x22],
    inner: (bytes, random, other) => mutateHeader(bytes, random, other, 8),
  },
  torch: { read: readTorch, magic: ZIP, inner: mutateMember },
  'torch-legacy': {
    read: readLegacyTorch,
    magic: [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e, 0x80, 2],
    inner: mutate,
  },
  png: {
    read: readPng8,
    magic: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52],
    inner: mutateChunks,
  },
} as const satisfies Record<string, Target>;
export type TargetName = keyof typeof TARGETS;

const seedsRead = new Map<TargetName, readonly Uint8Array[]>();

/** Golden files of a reader, small ones: an edit in 50 KB of values hits nothing that matters. */
export function seedsOf(name: TargetName): readonly Uint8Array[] {
  const known = seedsRead.get(name) ?? readSeeds(name);
  seedsRead.set(name, known);
  return known;
}

function readSeeds(name: TargetName): readonly Uint8Array[] {
  return ['../src/core/container/fixtures/', '../src/core/latent/fixtures/'].flatMap((folder) => {
    const url = new URL(folder, import.meta.url);
    return readdirSync(url)
      .filter((file) => !file.endsWith('.json'))
      .map((file) => new Uint8Array(readFileSync(new URL(file, url))))
      .filter((bytes) => bytes.length <= 17_000 && containerOf(sourceOf(bytes, ''))?.kind === name);
  });
}

/**
 * Milliseconds that this process has computed since `begin`. A busy machine makes the clock run on, not this; collecting garbage on
 * other threads counts here, not on the clock: the less of the two is what a person waits for.
 */
export function spentMs(begin: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1000;
}

export interface Outcome {
  readonly ended: 'accepted' | 'refused' | 'broken';
  readonly ms: number;
  /** Growth of heap and buffers over the call, bytes; garbage collected meanwhile is not seen. */
  readonly grownBytes: number;
  readonly error?: unknown;
}

/** Runs `read` and judges how it ended: with a value, a sentence, or anything else. */
export function attempt(read: () => unknown): Outcome {
  const before = process.memoryUsage();
  const [begin, spent] = [performance.now(), process.cpuUsage()];
  let ended: Outcome['ended'] = 'accepted';
  let error: unknown;
  try {
    read();
  } catch (caught) {
    error = caught;
    ended = caught instanceof AppError && caught.message.length > 20 ? 'refused' : 'broken';
  }
  const ms = Math.min(performance.now() - begin, spentMs(spent));
  const after = process.memoryUsage();
  const grownBytes = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
  return { ended, ms, grownBytes, ...(error === undefined ? {} : { error }) };
}

/** Reads a file to a latent, by one reader or through the one door as a drop would, and checks the latent's own promises. */
function readSoundLatent(name: TargetName, bytes: Uint8Array, how: 'reader' | 'door'): void {
  const { latent } = how === 'reader' ? interpret(TARGETS[name].read(bytes)) : readLatentFile(bytes);
  const cells = latent.channels * latent.height * latent.width;
  if (latent.data.length !== cells || cells === 0 || !latent.data.every(Number.isFinite)) {
    throw new Error(`an unsound latent of ${latent.data.length} values for ${cells} cells`);
  }
}

/** The file of one case: `kind` and `index` with the seed decide every byte, so that a failure can be made again. */
export function caseFile(
  name: TargetName,
  seeds: readonly Uint8Array[],
  kind: 'mutated' | 'random',
  seed: number,
  index: number,
): Uint8Array {
  const salt = Object.keys(TARGETS).indexOf(name) * 2 + (kind === 'random' ? 1 : 0);
  const random = randomFrom(
    Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b) ^ Math.imul(salt + 1, 0xc2b2ae35),
  );
  random(2);
  if (kind === 'random') {
    const body = Uint8Array.from({ length: random(random(8) === 0 ? 4000 : 300) }, () => random(256));
    body.set(TARGETS[name].magic.slice(0, random(2) === 0 ? body.length : 0).slice(0, body.length));
    return body;
  }
  const base = seeds[random(seeds.length)] as Uint8Array;
  const other = seeds[random(seeds.length)] as Uint8Array;
  return random(2) === 0 ? mutate(base, random, other) : TARGETS[name].inner(base, random, other);
}

export interface Tally {
  accepted: number;
  refused: number;
  slowestMs: number;
  largestFileBytes: number;
  mostGrownBytes: number;
  readonly codes: Record<string, number>;
  /** Cases that broke the promise: another exception, too slow, or too much memory. */
  readonly failures: { readonly index: number; readonly why: string }[];
}

export function emptyTally(): Tally {
  const figures = { accepted: 0, refused: 0, slowestMs: 0, largestFileBytes: 0, mostGrownBytes: 0 };
  return { ...figures, codes: {}, failures: [] };
}

/** Runs case `index`, a file of `fileBytes`, and enters how it ended. */
export function fuzzCase(tally: Tally, index: number, fileBytes: number, read: () => unknown): void {
  const { ended, ms: firstMs, grownBytes, error } = attempt(read);
  // A first run compiles: a slow case counts with its faster of two.
  const ms = firstMs < REPEAT_ABOVE_MS ? firstMs : Math.min(firstMs, attempt(read).ms);
  if (ended === 'accepted') tally.accepted++;
  if (error instanceof AppError) {
    tally.refused++;
    const { [error.code]: seen = 0 } = tally.codes;
    tally.codes[error.code] = seen + 1;
  }
  tally.slowestMs = Math.max(tally.slowestMs, ms);
  tally.largestFileBytes = Math.max(tally.largestFileBytes, fileBytes);
  tally.mostGrownBytes = Math.max(tally.mostGrownBytes, grownBytes);
  if (ended === 'broken') {
    tally.failures.push({ index, why: String(error instanceof Error ? error.stack : error) });
  }
  if (ms > LIMITS.ms) tally.failures.push({ index, why: `took ${ms.toFixed(0)} ms` });
  if (grownBytes > LIMITS.bytes + fileBytes) {
    tally.failures.push({ index, why: `took ${grownBytes} bytes` });
  }
}

/** `runs` cases of one reader; every third goes through the sniffing door. */
export function fuzzReader(name: TargetName, kind: 'mutated' | 'random', runs: number, seed: number): Tally {
  const tally = emptyTally();
  for (let index = 0; index < runs; index++) {
    const bytes = caseFile(name, seedsOf(name), kind, seed, index);
    const how = index % 3 === 0 ? 'door' : 'reader';
    fuzzCase(tally, index, bytes.length, () => readSoundLatent(name, bytes, how));
  }
  return tally;
}
