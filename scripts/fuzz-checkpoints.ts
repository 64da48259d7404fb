import { readdirSync, readFileSync } from 'node:fs';
import { readSafetensors } from '../src/core/container/safetensors.ts';
import type { FileTensor } from '../src/core/container/tensor.ts';
import { estimateMemory } from '../src/core/graph/index.ts';
import { readGolden } from '../src/core/networks/golden.ts';
import { recogniseModel } from '../src/core/networks/recognise.ts';
import type { StateDict } from '../src/core/weights/state-view.ts';
import type { NoiseTensor } from '../src/core/weights/synthetic.ts';
import { checkpoint } from './fuzz-large-cases.ts';
import { type Random, randomFrom } from './fuzz-mutations.ts';
import { emptyTally, fuzzCase, type Tally } from './fuzz-readers.ts';

/** Values of a network that is small enough to be made in no time. */
const MOST_VALUES = 100_000;

function readSoundStates(): readonly StateDict[] {
  const folder = new URL('../src/core/networks/fixtures/', import.meta.url);
  return readdirSync(folder)
    .map((file) => new Uint8Array(readFileSync(new URL(file, folder))))
    .filter((bytes) => {
      const weights = JSON.parse(readSafetensors(bytes).metadata['weights'] ?? '[]') as NoiseTensor[];
      const values = weights.reduce((sum, { shape }) => sum + shape.reduce((all, side) => all * side, 1), 0);
      return values > 0 && values <= MOST_VALUES;
    })
    .map((bytes) => readGolden(bytes).state);
}

let sound: readonly StateDict[] | null = null;

const pick = <T>(random: Random, items: readonly T[]): T => items[random(items.length)] as T;

const damages: readonly ((random: Random, entries: [string, FileTensor][], at: number) => void)[] = [
  (_, entries, at) => void entries.splice(at, 1),
  (random, entries, at) => {
    const [name, tensor] = entries[at] as [string, FileTensor];
    const other = (entries[random(entries.length)] as [string, FileTensor])[0];
    const names = [
      other,
      `model.${name}`,
      `${name}.0`,
      name.replace(/\d+/, (n) => String(Number(n) + 1 + random(9))),
    ];
    entries[at] = [pick(random, names), tensor];
  },
  (random, entries, at) => {
    const [name, tensor] = entries[at] as [string, FileTensor];
    const axis = random(Math.max(1, tensor.shape.length));
    const side = pick(random, [0, 1, 2, 3, 1 + random(40), 2 ** random(31)]);
    entries[at] = [name, { ...tensor, shape: tensor.shape.map((old, i) => (i === axis ? side : old)) }];
  },
  (random, entries, at) => {
    const [name, tensor] = entries[at] as [string, FileTensor];
    entries[at] = [
      name,
      { ...tensor, shape: pick(random, [[], [...tensor.shape, 1], tensor.shape.toReversed()]) },
    ];
  },
  (random, entries, at) => {
    const [name, tensor] = entries[at] as [string, FileTensor];
    entries.push(
      [`${name.replace(/\d+/, (n) => String(Number(n) + 1))}`, tensor],
      [`extra.${random(99)}`, tensor],
    );
  },
];

/** A sound checkpoint with nothing to three things wrong: tensors lost, renamed, doubled or of other shapes. */
function damagedCheckpoint(random: Random): StateDict {
  sound ??= readSoundStates();
  const entries = [...pick(random, sound)];
  for (let n = random(4); n > 0 && entries.length > 0; n--) {
    pick(random, damages)(random, entries, random(entries.length));
  }
  return new Map(entries);
}

/** What networks a checkpoint holds, and what they would take. */
function judge(state: StateDict): void {
  for (const found of recogniseModel(state)) {
    const side = found.pixelsPerCell;
    // A video's clip is as long as its pictures depend on, and then all of it and one picture of its last frame are asked for.
    const frames = 1 + (found.framesBefore ?? 0);
    const clips = frames === 1 ? [{}] : [{}, { frames }, { frames, moment: 0 }];
    const scales = found.scales.length === 0 ? [{}] : found.scales.map((scale) => ({ scale }));
    for (const clip of clips) {
      for (const scale of scales) {
        const request = { height: side, width: side, precision: 'f32', ...clip, ...scale } as const;
        const { totalBytes } = estimateMemory(found, state, request);
        if (!(totalBytes > 0)) throw new Error(`a network of ${totalBytes} bytes`);
      }
    }
  }
}

const MAKERS = {
  /** Up to 40 tensors under the names that networks have, with sizes that they may not. */
  made: (random: Random) => checkpoint(random, 40),
  damaged: damagedCheckpoint,
} as const;
export type CheckpointKind = keyof typeof MAKERS;

/** `runs` checkpoints of one kind; a failure names its case, which `seed` and index make again. */
export function fuzzCheckpoints(kind: CheckpointKind, runs: number, seed: number): Tally {
  const tally = emptyTally();
  for (let index = 0; index < runs; index++) {
    const salt = Object.keys(MAKERS).indexOf(kind);
    const random = randomFrom(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b) ^ salt);
    const state = MAKERS[kind](random);
    fuzzCase(tally, index, 0, () => judge(state));
  }
  return tally;
}
