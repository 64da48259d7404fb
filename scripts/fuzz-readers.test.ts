import { describe, expect, it } from 'vitest';
import { CONTAINERS } from '../src/core/containers/index.ts';
import { caseFile, fuzzReader, seedsOf, TARGETS, type TargetName } from './fuzz-readers.ts';

const RUNS = 2000;
const names = Object.keys(TARGETS) as TargetName[];

describe('every file ends in a latent or in a sentence, in good time', () => {
  it.each(names)('%s files, mutated', (name) => {
    const tally = fuzzReader(name, 'mutated', RUNS, 1);
    expect(tally.failures).toEqual([]);
    expect(tally.accepted + tally.refused).toBe(RUNS);
    // The edits are neither all harmless nor all fatal, and they reach more than the first check.
    expect(tally.accepted).toBeGreaterThan(0);
    expect(Object.keys(tally.codes).length).toBeGreaterThan(3);
  });

  it.each(names)('%s files, random', (name) => {
    const tally = fuzzReader(name, 'random', RUNS, 1);
    expect(tally.failures).toEqual([]);
    expect(tally.accepted + tally.refused).toBe(RUNS);
  });

  it('knows every kind of file that is read', () => {
    expect([...names].sort()).toEqual(CONTAINERS.map(({ kind }) => kind).sort());
  });

  it('makes the same case from the same seed', () => {
    for (const name of names) {
      const seeds = seedsOf(name);
      expect(caseFile(name, seeds, 'mutated', 3, 141)).toEqual(caseFile(name, seeds, 'mutated', 3, 141));
    }
  });
});
