import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fuzzCheckpoints } from './fuzz-checkpoints.ts';
import { fuzzLarge, LARGE_TARGETS, type LargeTarget } from './fuzz-large.ts';
import { emptyTally, fuzzReader, TARGETS, type Tally, type TargetName } from './fuzz-readers.ts';

/** What a block of a long run holds: so many of each reader's files, checkpoints made up and damaged, and one large case, of each target in turn. */
const BLOCK = { mutated: 120, random: 22, made: 73, damaged: 74, large: 1 };
const READERS = Object.keys(TARGETS) as TargetName[];
const LARGE = Object.keys(LARGE_TARGETS) as LargeTarget[];
export const BLOCK_FILES =
  READERS.length * (BLOCK.mutated + BLOCK.random) + BLOCK.made + BLOCK.damaged + BLOCK.large;

/** One line of the journal: a target's cases of one block, which its seed makes again. */
export interface JournalRow extends Omit<Tally, 'codes'> {
  readonly seed: number;
  readonly target: string;
  readonly files: number;
}

export const rowOf = (
  seed: number,
  target: string,
  files: number,
  { codes: _, ...tally }: Tally,
): JournalRow => ({
  seed,
  target,
  files,
  ...tally,
});

/** The block of one seed; the same seed gives the same files. */
export function fuzzBlock(seed: number): readonly JournalRow[] {
  const large = LARGE[seed % LARGE.length] as LargeTarget;
  return [
    ...READERS.flatMap((name) =>
      (['mutated', 'random'] as const).map((kind) =>
        rowOf(seed, `${name} ${kind}`, BLOCK[kind], fuzzReader(name, kind, BLOCK[kind], seed)),
      ),
    ),
    ...(['made', 'damaged'] as const).map((kind) =>
      rowOf(seed, `checkpoint ${kind}`, BLOCK[kind], fuzzCheckpoints(kind, BLOCK[kind], seed)),
    ),
    rowOf(seed, `${large} large`, BLOCK.large, fuzzLarge(large, BLOCK.large, seed)),
  ];
}

interface Sum extends Tally {
  readonly target: string;
  files: number;
}

/** All rows of each target as one; a failure says of which seed it was. */
export function summed(rows: readonly JournalRow[]): readonly Sum[] {
  const all = new Map<string, Sum>();
  for (const row of rows) {
    const sum = all.get(row.target) ?? { ...emptyTally(), target: row.target, files: 0 };
    all.set(row.target, sum);
    sum.files += row.files;
    sum.accepted += row.accepted;
    sum.refused += row.refused;
    sum.slowestMs = Math.max(sum.slowestMs, row.slowestMs);
    sum.largestFileBytes = Math.max(sum.largestFileBytes, row.largestFileBytes);
    sum.mostGrownBytes = Math.max(sum.mostGrownBytes, row.mostGrownBytes);
    const named = row.failures.map(({ index, why }) => ({ index, why: `seed ${row.seed}: ${why}` }));
    sum.failures.push(...named);
  }
  return [...all.values()];
}

interface LongRun {
  /** Of `BLOCK_FILES` files each. */
  readonly blocks: number;
  /** File of the journal. */
  readonly journal: string;
  readonly say: (line: string) => void;
  readonly make?: (seed: number) => readonly JournalRow[];
}

/**
 * Runs blocks of files, of seeds from 0 on. The journal gets a line for each block, so that a run that was ended goes on where it stood when it is
 * started again; a last line that was cut off is dropped, and its block run again. Gives all rows, of the runs before too.
 */
export function fuzzLong({ blocks, journal, say, make = fuzzBlock }: LongRun): readonly JournalRow[] {
  const known = existsSync(journal) ? readFileSync(journal, 'utf8') : '';
  const whole = known.slice(0, known.lastIndexOf('\n') + 1);
  if (whole !== known) writeFileSync(journal, whole);
  const rows = whole
    .split('\n')
    .filter(Boolean)
    .flatMap((line) => JSON.parse(line) as JournalRow[]);
  const done = new Set(rows.map(({ seed }) => seed));
  for (let seed = 0; seed < blocks; seed++) {
    if (done.has(seed)) continue;
    const block = make(seed);
    rows.push(...block);
    appendFileSync(journal, `${JSON.stringify(block)}\n`);
    for (const { target, failures } of block) {
      for (const { index, why } of failures) say(`${target}, case ${index} of seed ${seed}: ${why}`);
    }
  }
  return rows;
}
