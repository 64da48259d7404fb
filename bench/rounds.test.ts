import { describe, expect, test } from 'vitest';
import { type Cell, runInterleaved, type Sample } from './rounds.ts';

const sample = (costMs: number): Sample => ({ costMs, wallMs: costMs, peakMb: 10, compileMs: 0, tiles: 1 });

function cellOf(id: string, costMs: number, log: string[] = [], halfSizeMs: number | null = null): Cell {
  return {
    id,
    halfSizeMs,
    abandon: async () => void log.push(`${id} abandoned`),
    run: async () => {
      log.push(id);
      return sample(costMs);
    },
  };
}

describe('rounds', () => {
  test('meet the contenders in turn, after each has run once', async () => {
    const log: string[] = [];
    await runInterleaved([cellOf('a', 300, log), cellOf('b', 300, log)], { rounds: 2, capMs: 10_000 });
    expect(log).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
  });

  test('end for a contender when its time is up, and tell how many there were', async () => {
    const options = { rounds: 5, capMs: 1000 };
    const [slow, fast] = await runInterleaved([cellOf('slow', 700), cellOf('fast', 250)], options);
    expect(slow?.warm?.runs).toBe(1);
    expect(fast?.warm?.runs).toBe(4);
  });

  test('pass by what is foreseen to take longer than the cap, and say so', async () => {
    const log: string[] = [];
    const [outcome] = await runInterleaved([cellOf('a', 1, log, 400)], { rounds: 1, capMs: 1500 });
    expect(log).toEqual([]);
    expect(outcome).toEqual({ id: 'a', note: 'about 1.6 s foreseen, over the cap of 1.5 s' });
  });

  test('give up a call that never ends, and go on with the others', async () => {
    const log: string[] = [];
    const hung: Cell = { ...cellOf('hung', 1, log), run: () => new Promise(() => {}) };
    const [first, second] = await runInterleaved([hung, cellOf('b', 300, log)], { rounds: 1, capMs: 20 });
    expect(first?.note).toMatch(/given up after 0\.2 s/);
    expect(second?.warm?.runs).toBe(1);
    expect(log).toContain('hung abandoned');
  });

  test('keep what failed as a note', async () => {
    const broken: Cell = { ...cellOf('x', 1), run: () => Promise.reject(new Error('no room')) };
    expect(await runInterleaved([broken], { rounds: 2, capMs: 1000 })).toEqual([
      { id: 'x', note: 'no room' },
    ]);
  });
});
