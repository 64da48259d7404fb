import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cycleError, decideByCycle, pairsToDecide } from './decide-by-cycle.ts';
import type { Latent } from './latent.ts';
import { readLatentFile } from './read-latent-file.ts';

const wave = (scale: number): Latent => ({
  data: Float32Array.from({ length: 4 * 64 }, (_, i) => scale * Math.sin(i)),
  channels: 4,
  height: 8,
  width: 8,
  family: 'sdxl',
  space: 'model',
});
/** A "model" that keeps latents of unit spread and flattens the rest: what a decoder does to values out of its range. */
const clampedCycle = async (latent: Latent): Promise<Latent> => ({
  ...latent,
  data: latent.data.map((v) => 0.8 * Math.max(-1, Math.min(1, v))),
});

describe('pairsToDecide', () => {
  const open = (name: string) =>
    readLatentFile(new Uint8Array(readFileSync(new URL(`./fixtures/${name}`, import.meta.url)))).reading;

  it('lists the doubtful pairs of the families at hand', () => {
    const doubtful = open('sana-raw.npy');
    expect(doubtful.confidence).toBe('guess');
    const pairs = pairsToDecide(doubtful, (family) => family === 'flux2');
    expect(pairs.map((pair) => pair.space).sort()).toEqual(['model', 'raw']);
    expect(pairsToDecide(doubtful, () => false)).toEqual([]);
  });

  it('is empty where the file says what it is', () => {
    expect(pairsToDecide(open('flux2-comfy.latent'), () => true)).toEqual([]);
  });
});

describe('decideByCycle', () => {
  it('picks the reading that survives decoding and encoding', async () => {
    const verdict = await decideByCycle([wave(5), wave(1)], clampedCycle);
    expect(verdict.winner).toBe(1);
    expect(verdict.errors[1]).toBeCloseTo(0.2, 2);
  });

  it('decides nothing where no reading is plausible', async () => {
    const verdict = await decideByCycle([wave(5), wave(9)], clampedCycle);
    expect(verdict.winner).toBeNull();
  });

  it('gives constants and mismatched sizes an infinite error', async () => {
    const flat = { ...wave(0) };
    expect(cycleError(flat, flat)).toBe(Infinity);
    expect(cycleError(wave(1), { ...wave(1), data: new Float32Array(3) })).toBe(Infinity);
    expect((await decideByCycle([flat], clampedCycle)).winner).toBeNull();
  });

  it('passes on a rejection of the cycle', async () => {
    await expect(decideByCycle([wave(1)], () => Promise.reject(new Error('aborted')))).rejects.toThrow(
      'aborted',
    );
  });
});
