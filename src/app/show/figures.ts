import type { Timings } from '../../contract/engine.ts';
import { decimal } from '../../words/numbers.ts';

/** The middle one of a kind of runs (first, or repeated), milliseconds; its parts add up to its total. */
export interface RunFigures {
  readonly run: 'cold' | 'warm';
  readonly runs: number;
  readonly compileMs: number;
  readonly upscaleMs: number;
  readonly decodeMs: number;
  readonly presentMs: number;
  /** What lies between the parts: copies to the device, cutting and joining tiles. */
  readonly otherMs: number;
  readonly totalMs: number;
  /** Difference of the slowest and the fastest run's total. */
  readonly spreadMs: number;
}

/** Middle value; the mean of the two middle ones for an even count. 0 for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const low = sorted.at((sorted.length - 1) >> 1) ?? 0;
  const high = sorted.at(sorted.length >> 1) ?? 0;
  return (low + high) / 2;
}

/**
 * Figures of the cold or of the warm runs, never of both together; null where there is none. Of an even count the mean of the
 * two middle ones, part by part. */
export function figuresOf(runs: readonly Timings[], run: 'cold' | 'warm'): RunFigures | null {
  const chosen = runs.filter((timings) => timings.run === run);
  if (chosen.length === 0) return null;
  const byTotal = chosen.toSorted((a, b) => workMs(a) - workMs(b));
  const middle = [byTotal[(byTotal.length - 1) >> 1], byTotal[byTotal.length >> 1]].flatMap((timings) =>
    timings === undefined ? [] : [timings],
  );
  const mean = (of: (timings: Timings) => number): number =>
    middle.reduce((sum, timings) => sum + of(timings), 0) / middle.length;
  const parts = {
    compileMs: mean(({ compileMs }) => compileMs),
    upscaleMs: mean(({ upscaleMs }) => upscaleMs),
    decodeMs: mean(({ decodeMs }) => decodeMs),
    presentMs: mean(({ presentMs }) => presentMs),
  };
  const totalMs = mean(workMs);
  const booked = Object.values(parts).reduce((sum, ms) => sum + ms, 0);
  const totals = byTotal.map(workMs);
  return {
    run,
    runs: chosen.length,
    ...parts,
    otherMs: Math.max(0, totalMs - booked),
    totalMs,
    spreadMs: (totals.at(-1) ?? 0) - (totals.at(0) ?? 0),
  };
}

/** From the start of the work to its end: time spent waiting for other pictures is nobody's merit or fault. */
export const workMs = (timings: Timings): number => timings.totalMs - timings.queuedMs;

/** `0.4 ms`, `38 ms`, `1.24 s`, `75 s`: three figures at most. */
export function formatMs(ms: number): string {
  if (ms === 0) return '0';
  if (ms < 10) return `${decimal(ms, 1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return `${decimal(ms / 1000, ms < 10_000 ? 2 : 1)} s`;
}

/** `820 B`, `14 kB`, `3.2 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${Math.round(bytes / 1000)} kB`;
  return bytes < 1e9 ? `${decimal(bytes / 1e6, 1)} MB` : `${decimal(bytes / 1e9, 1)} GB`;
}

export const megapixelsPerSecond = (width: number, height: number, ms: number): number =>
  ms > 0 ? (width * height) / 1e6 / (ms / 1000) : 0;
