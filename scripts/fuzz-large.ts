import { readFileSync, writeFileSync } from 'node:fs';
import { readPng8 } from '../src/core/container/png8.ts';
import { AppError } from '../src/core/errors.ts';
import { interpret } from '../src/core/latent/interpret.ts';
import { recogniseModel } from '../src/core/networks/recognise.ts';
import { openFile } from '../src/core/open-file.ts';
import {
  checkpoint,
  largeLegacyTorch,
  largeNpy,
  largeNpz,
  largePng,
  largeSafetensors,
  largeTorch,
} from './fuzz-large-cases.ts';
import { type Random, randomFrom } from './fuzz-mutations.ts';
import { emptyTally, LIMITS, spentMs, type Tally } from './fuzz-readers.ts';

/** What the large cases go through: files to what they are, checkpoints to what networks they hold. */
export const LARGE_TARGETS = {
  npy: (random: Random) => opened(largeNpy(random)),
  npz: (random: Random) => opened(largeNpz(random)),
  safetensors: (random: Random) => opened(largeSafetensors(random)),
  torch: (random: Random) => opened(largeTorch(random)),
  'torch-legacy': (random: Random) => opened(largeLegacyTorch(random)),
  png: (random: Random) => {
    const bytes = largePng(random);
    return { fileBytes: bytes.length, read: () => interpret(readPng8(bytes)) as unknown };
  },
  checkpoint: (random: Random) => {
    const state = checkpoint(random);
    return { fileBytes: 0, read: () => recogniseModel(state) };
  },
} as const;
export type LargeTarget = keyof typeof LARGE_TARGETS;

const opened = (bytes: Uint8Array) => ({ fileBytes: bytes.length, read: () => openFile(bytes) as unknown });

function timeOf(read: () => unknown): number {
  const begin = process.cpuUsage();
  try {
    read();
  } catch {
    // How it ends was judged the first time.
  }
  return spentMs(begin);
}

/**
 * Begins to watch this process's memory; what it gives tells the most by which it has grown since, garbage included. Linux tells the
 * peak itself, and forgets the one before when asked; elsewhere it is what is still held at the end.
 */
function watchMemory(): () => number {
  function held(): number {
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  }
  const kB = (key: string): number =>
    1024 * Number(new RegExp(`${key}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
  try {
    writeFileSync('/proc/self/clear_refs', '5');
    const before = kB('VmRSS');
    return () => kB('VmHWM') - before;
  } catch {
    const before = held();
    return () => held() - before;
  }
}

const randomOf = (seed: number, index: number): Random => randomFrom(Math.imul(seed + 1, 0x9e3779b1) ^ index);

/** `runs` large cases of one target; a failure names its case, which `seed` and index make again. */
export function fuzzLarge(target: LargeTarget, runs: number, seed: number): Tally {
  const tally = emptyTally();
  for (let index = 0; index < runs; index++) {
    const { fileBytes, read } = LARGE_TARGETS[target](randomOf(seed, index));
    const peak = watchMemory();
    const [begin, spent] = [performance.now(), process.cpuUsage()];
    try {
      read();
      tally.accepted++;
    } catch (error) {
      if (error instanceof AppError) tally.refused++;
      else tally.failures.push({ index, why: String(error instanceof Error ? error.stack : error) });
    }
    const firstMs = Math.min(performance.now() - begin, spentMs(spent));
    const grown = peak();
    // A first run compiles: a slow case counts with its faster of two.
    const ms = firstMs > LIMITS.ms ? Math.min(firstMs, timeOf(read)) : firstMs;
    tally.slowestMs = Math.max(tally.slowestMs, ms);
    tally.largestFileBytes = Math.max(tally.largestFileBytes, fileBytes);
    tally.mostGrownBytes = Math.max(tally.mostGrownBytes, grown);
    if (ms > LIMITS.ms) {
      tally.failures.push({ index, why: `took ${ms.toFixed(0)} ms for ${fileBytes} bytes` });
    }
    if (grown > LIMITS.bytes + fileBytes) tally.failures.push({ index, why: `took ${grown} bytes` });
  }
  return tally;
}
