import { describe, expect, it } from 'vitest';
import type { Timings } from '../../contract/engine.ts';
import { figuresOf, formatBytes, formatMs, median } from './figures.ts';

const timings = (run: 'cold' | 'warm', totalMs: number): Timings => ({
  queuedMs: 100,
  compileMs: 0,
  upscaleMs: 1,
  decodeMs: totalMs - 1,
  presentMs: 0,
  totalMs: totalMs + 100,
  run,
  backend: 'wasm',
  precision: 'f32',
});

describe('figures', () => {
  it('never mixes cold and warm runs', () => {
    const runs = [timings('cold', 900), timings('warm', 100), timings('warm', 110), timings('warm', 300)];
    expect(figuresOf(runs, 'cold')).toMatchObject({ runs: 1, totalMs: 900, spreadMs: 0 });
    expect(figuresOf(runs, 'warm')).toMatchObject({ runs: 3, totalMs: 110, spreadMs: 200 });
  });

  it('leaves the wait for other pictures out of the total', () => {
    expect(figuresOf([timings('warm', 50)], 'warm')?.totalMs).toBe(50);
  });

  it('has none where nothing ran', () => {
    expect(figuresOf([timings('warm', 50)], 'cold')).toBeNull();
  });

  it('takes the mean of the two middle values for an even count', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBe(0);
  });

  it('writes three figures at most', () => {
    expect([0, 0.44, 38.4, 1240, 75_000].map(formatMs)).toEqual(['0', '0.4 ms', '38 ms', '1.24 s', '75.0 s']);
    expect([820, 14_300, 3_240_000].map(formatBytes)).toEqual(['820 B', '14 kB', '3.2 MB']);
  });
});
