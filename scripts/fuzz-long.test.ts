import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { BLOCK_FILES, fuzzLong, type JournalRow, rowOf, summed } from './fuzz-long.ts';
import { fuzzReader } from './fuzz-readers.ts';

/** What must not depend on how busy the machine was. */
const sound = (rows: readonly JournalRow[]) =>
  summed(rows).map(({ target, files, accepted, refused, largestFileBytes, failures }) => ({
    target,
    files,
    accepted,
    refused,
    largestFileBytes,
    failures,
  }));

const small = (seed: number): readonly JournalRow[] => [
  rowOf(seed, 'npy mutated', 20, fuzzReader('npy', 'mutated', 20, seed)),
  rowOf(seed, 'png random', 20, fuzzReader('png', 'random', 20, seed)),
];

it('a long run that was ended goes on where it stood, with the same files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
  try {
    const [whole, ended] = [join(folder, 'whole'), join(folder, 'ended')];
    const said: string[] = [];
    const run = (journal: string) =>
      fuzzLong({ blocks: 3, journal, say: (line) => said.push(line), make: small });
    const expected = run(whole);
    const [first = '', second = ''] = readFileSync(whole, 'utf8').split('\n');
    writeFileSync(ended, `${first}\n`);
    appendFileSync(ended, second.slice(0, 40));
    const resumed = run(ended);
    expect(sound(resumed)).toEqual(sound(expected));
    expect(sound(resumed).map(({ files }) => files)).toEqual([60, 60]);
    expect(run(ended), 'a whole run is not run again').toHaveLength(resumed.length);
    expect(said).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('a long run tells what failed, and of which seed it was', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
  try {
    const failures = [{ index: 4, why: 'took 2000 ms' }];
    const make = (seed: number) => [
      { ...(small(seed)[0] as JournalRow), failures: seed === 1 ? failures : [] },
    ];
    const said: string[] = [];
    const rows = fuzzLong({
      blocks: 2,
      journal: join(folder, 'journal'),
      say: (line) => said.push(line),
      make,
    });
    expect(said).toEqual(['npy mutated, case 4 of seed 1: took 2000 ms']);
    expect(summed(rows)[0]?.failures).toEqual([{ index: 4, why: 'seed 1: took 2000 ms' }]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('a block has a thousand files', () => {
  expect(BLOCK_FILES).toBe(1000);
});
