import { deflateRawSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { op, pickleOf, repeated, tensor } from '../src/core/container/testing/pickle-bytes.ts';
import { AppError } from '../src/core/errors.ts';
import { recogniseModel } from '../src/core/networks/recognise.ts';
import { openFile } from '../src/core/open-file.ts';
import type { StateDict } from '../src/core/weights/state-view.ts';
import { type Random, randomFrom } from './fuzz-mutations.ts';
import { LIMITS } from './fuzz-readers.ts';

/** Large files are made and not kept: 64 MB, where a size that nobody counted shows. */
const LARGEST_BYTES = 64 * 2 ** 20;

/** A size up to `most`, its logarithm spread evenly, so that small ones come as often as large ones. */
const sizeUpTo = (random: Random, most: number): number => Math.floor(most ** (random(1000) / 1000));

function headed(header: string, dataBytes: number): Uint8Array {
  const text = new TextEncoder().encode(header);
  const out = new Uint8Array(8 + text.length + dataBytes);
  new DataView(out.buffer).setBigUint64(0, BigInt(text.length), true);
  out.set(text, 8);
  return out;
}

/** A safetensors file: deep or wide headers, long names, many tensors, much data. */
function largeSafetensors(random: Random): Uint8Array {
  const n = sizeUpTo(random, 2_000_000);
  const entry = (dtype: string, shape: string): string =>
    `{"a":{"dtype":${dtype},"shape":${shape},"data_offsets":[0,0]}}`;
  const makers: readonly (() => Uint8Array)[] = [
    () => headed(entry('['.repeat(n) + ']'.repeat(n), '[]'), 0),
    () => headed(entry('"F32"', `[${'1,'.repeat(n)}1]`), 4),
    () => headed(`${'{"a":'.repeat(n)}1${'}'.repeat(n)}`, 0),
    () => headed(`{"${'n'.repeat(9 * n)}":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}`, 4),
    () => {
      const count = Math.ceil(n / 10);
      const one = (i: number): string => `"t${i}":{"dtype":"U8","shape":[1],"data_offsets":[${i},${i + 1}]}`;
      return headed(`{${Array.from({ length: count }, (_, i) => one(i)).join()}}`, count);
    },
    () => {
      const side = 4 * sizeUpTo(random, 500);
      const bytes = Math.min(LARGEST_BYTES, 16 * side * side * 4);
      return headed(
        `{"a":{"dtype":"F32","shape":[1,16,${side},${side}],"data_offsets":[0,${bytes}]}}`,
        bytes,
      );
    },
  ];
  return (makers[random(makers.length)] as () => Uint8Array)();
}

/** Whole instructions, from which sound pickles with senseless content are made. */
const WORDS: readonly (readonly number[])[] = [
  op.mark,
  op.tuple,
  op.tuple1,
  op.tuple2,
  op.emptyTuple,
  op.emptyList,
  op.emptyDict,
  op.append,
  op.appends,
  op.setItem,
  op.reduce,
  op.persist,
  op.build,
  op.none,
  op.int(1),
  op.int(-1),
  op.text('storage'),
  op.text('0'),
  op.put(0),
  op.put(1),
  op.get(0),
  op.get(1),
  op.global('collections', 'OrderedDict'),
  op.global('torch._utils', '_rebuild_tensor_v2'),
  op.global('torch', 'Size'),
  tensor(),
  tensor({ items: 6, size: [2], stride: [2] }),
];

/** A torch file whose pickle is sound opcode by opcode, a few of them very often over. */
function largeTorch(random: Random): Uint8Array {
  const pieces: (readonly number[] | Uint8Array)[] = [];
  let room = 7_500_000;
  for (let n = 1 + random(12); n > 0; n--) {
    const phrase = Array.from({ length: 1 + random(4) }, () => WORDS[random(WORDS.length)] ?? op.none).flat();
    const times = Math.min(
      Math.floor(room / phrase.length),
      random(3) === 0 ? sizeUpTo(random, 1e6) : 1 + random(4),
    );
    pieces.push(repeated(phrase, times));
    room -= phrase.length * times;
  }
  const storage = new Uint8Array(random(4) === 0 ? sizeUpTo(random, LARGEST_BYTES / 2) : 24);
  const lead = { ['x'.repeat(1 + random(4))]: new Uint8Array(0) };
  return zipSync({ ...lead, 'x/data.pkl': pickleOf(...pieces), 'x/data/0': storage }, { level: 0 });
}

/** An .npz of one deflated member that inflates far. */
function largeNpz(random: Random): Uint8Array {
  const size = sizeUpTo(random, 200_000_000);
  const packed = deflateRawSync(new Uint8Array(size), { level: 1 });
  const zip = zipSync({ 'a.npy': packed }, { level: 0 });
  const view = new DataView(zip.buffer);
  const central = view.getUint32(zip.length - 6, true);
  for (const [at, method] of [
    [8, 8],
    [central + 10, 8],
  ] as const) {
    view.setUint16(at, method, true);
  }
  view.setUint32(central + 24, random(3) === 0 ? sizeUpTo(random, 2 ** 31) : size, true);
  return zip;
}

/** A checkpoint of tensors under the names that networks have, with sizes that they may not. */
function checkpoint(random: Random): StateDict {
  const side = (): number => (random(8) === 0 ? sizeUpTo(random, 1e6) : 1 + random(40));
  const count = 1 + sizeUpTo(random, random(6) === 0 ? 3000 : 40);
  const prefix = (): string => ['', 'params.', 'model.', 'vae.', `p${random(5000)}.`][random(5)] ?? '';
  const names: readonly ((i: number) => readonly [string, readonly number[]])[] = [
    (i) => [
      `layers.${i}.residual_group.blocks.${random(3)}.attn.relative_position_bias_table`,
      [(2 * side() - 1) ** 2, 1 + random(8)],
    ],
    (i) => [`layers.${i}.residual_group.blocks.0.mlp.fc1.weight`, [side(), side()]],
    () => ['conv_first.weight', [side(), [3, 4, 16, 32][random(4)] ?? 4, 3, 3]],
    () => ['conv_in.weight', [side(), 32, 3, 3]],
    (i) => [`stages.${i}.up.weight`, [side(), side(), 3, 3]],
    (i) => [`stages.${i}.blocks.${random(4)}.conv1.weight`, [side(), side(), 3, 3]],
    (i) => [`${i}.conv.${2 * random(3)}.weight`, [side(), side(), 3, 3]],
    (i) => [`${i}.weight`, [side(), side(), 3, 3]],
    (i) => [`decoder.up.${i}.block.${random(3)}.conv1.weight`, [side(), side(), 3, 3]],
    () => ['decoder.mid.block_1.norm1.weight', [side()]],
    () => ['decoder.conv_in.weight', [side(), side(), 3, 3]],
    () => ['bn.running_mean', [sizeUpTo(random, 1e6)]],
  ];
  const first = prefix();
  const shapes = new Map<string, readonly number[]>();
  for (let i = 0; i < count; i++) {
    const [name, shape] = (names[random(names.length)] ?? (() => ['x', [1]] as const))(i);
    shapes.set((random(20) === 0 ? prefix() : first) + name, shape);
  }
  return new Map(
    [...shapes].map(([name, shape]) => [name, { name, dtype: 'F32', shape, bytes: new Uint8Array(0) }]),
  );
}

/** What the large cases go through: files to what they are, checkpoints to what networks they hold. */
export const LARGE_TARGETS = {
  safetensors: (random: Random) => opened(largeSafetensors(random)),
  torch: (random: Random) => opened(largeTorch(random)),
  npz: (random: Random) => opened(largeNpz(random)),
  checkpoint: (random: Random) => {
    const state = checkpoint(random);
    return { fileBytes: 0, read: () => recogniseModel(state) };
  },
} as const;
export type LargeTarget = keyof typeof LARGE_TARGETS;

const opened = (bytes: Uint8Array) => ({ fileBytes: bytes.length, read: () => openFile(bytes) as unknown });

export interface LargeTally {
  accepted: number;
  refused: number;
  slowestMs: number;
  largestFileBytes: number;
  mostGrownBytes: number;
  readonly failures: { readonly index: number; readonly why: string }[];
}

function timeOf(read: () => unknown): number {
  const begin = performance.now();
  try {
    read();
  } catch {
    // How it ends was judged the first time.
  }
  return performance.now() - begin;
}

/** `runs` large cases of one target; a failure names its case, which `seed` and index make again. */
export function fuzzLarge(target: LargeTarget, runs: number, seed: number): LargeTally {
  const tally: LargeTally = {
    accepted: 0,
    refused: 0,
    slowestMs: 0,
    largestFileBytes: 0,
    mostGrownBytes: 0,
    failures: [],
  };
  for (let index = 0; index < runs; index++) {
    const { fileBytes, read } = LARGE_TARGETS[target](randomFrom(Math.imul(seed + 1, 0x9e3779b1) ^ index));
    const before = process.memoryUsage();
    const begin = performance.now();
    try {
      read();
      tally.accepted++;
    } catch (error) {
      if (error instanceof AppError) tally.refused++;
      else tally.failures.push({ index, why: String(error instanceof Error ? error.stack : error) });
    }
    const firstMs = performance.now() - begin;
    const after = process.memoryUsage();
    const grown = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
    // The machine may have been busy elsewhere: a slow case counts with its faster of two runs.
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
