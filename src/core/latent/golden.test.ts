import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AppError } from '../errors.ts';
import { readLatentFile } from './read-latent-file.ts';
import type { Override, Reading } from './reading.ts';
import { toSpace } from './to-space.ts';

interface Row {
  readonly refused?: string;
  readonly says?: string;
  readonly file?: string;
  readonly override?: Override;
  readonly family: string;
  readonly space: string;
  readonly size: number[];
  readonly probes: [number, number, number, number][];
  readonly tolerance?: number;
  /** The file leaves the family or space open: a stated doubt that offers the right one is as good. */
  readonly orGuess?: boolean;
  readonly axes?: string;
  readonly confidence?: string;
  readonly producer?: string;
  readonly tensor?: string;
  readonly items?: number;
  readonly frames?: number;
  readonly packedWidth?: number;
  readonly warns?: string;
}

const folder = new URL('./fixtures/', import.meta.url);
const load = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, folder)));
/** Only sd-scripts' caches are told by their names; the others must speak for themselves. */
const hintsFor = (name: string): { fileName: string } => ({
  fileName: name.startsWith('photo_') ? name : 'latent.bin',
});
const rows = Object.entries(
  JSON.parse(readFileSync(new URL('expected.json', folder), 'utf8')) as Record<string, Row>,
);
const accepted = rows.filter(([, row]) => row.refused === undefined);

function expectUnderstood(reading: Reading, row: Row): void {
  const pair = { family: row.family, space: row.space };
  if (row.orGuess === true && !(reading.family === pair.family && reading.space === pair.space)) {
    expect(reading.confidence).toBe('guess');
    expect(reading.alternatives).toContainEqual(pair);
  } else {
    expect({ family: reading.family, space: reading.space }, reading.reason).toEqual(pair);
  }
  const { axes, packedWidth } = reading.layout;
  const found = { ...reading, axes, packedWidth };
  for (const key of ['axes', 'confidence', 'producer', 'tensor', 'items', 'frames', 'packedWidth'] as const) {
    if (row[key] !== undefined) expect(found[key], key).toBe(row[key]);
  }
}

describe('latents as their writers leave them', () => {
  it.each(accepted)('reads %s', (name, row) => {
    const fileName = row.file ?? name;
    const { reading, latent: found } = readLatentFile(load(fileName), hintsFor(fileName), row.override);
    expectUnderstood(reading, row);
    expect([found.channels, found.height, found.width]).toEqual(row.size);
    expect(found.data.length).toBe(row.size.reduce((a, b) => a * b));
    // The values are judged in the true family and space; a doubtful guess is corrected first, as a person would.
    const { latent } = readLatentFile(load(fileName), hintsFor(fileName), {
      ...row.override,
      family: row.family as Reading['family'],
      space: row.space as Reading['space'],
    });
    const model = toSpace(latent, 'model');
    for (const [c, y, x, value] of row.probes) {
      const at = (c * model.height + y) * model.width + x;
      expect(Math.abs((model.data[at] as number) - value), `[${c},${y},${x}]`).toBeLessThan(
        row.tolerance ?? 2e-3,
      );
    }
    const warning = row.warns;
    if (warning === undefined) expect(reading.warnings.filter((w) => !w.includes('8-bit'))).toEqual([]);
    else expect(reading.warnings.join(' ')).toContain(warning);
  });

  it.each(rows.filter(([, row]) => row.refused !== undefined))('refuses %s in a sentence', (name, row) => {
    let error: unknown;
    try {
      readLatentFile(load(name), hintsFor(name));
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).code).toBe(row.refused);
    expect((error as AppError).message).toContain(row.says ?? '');
    expect((error as AppError).message).toMatch(/^[A-Z].{40,}\.$/);
  });

  it('gives a latent a buffer of its own, finite, so that it can be transferred and the file dropped', () => {
    for (const [name, row] of accepted) {
      const fileName = row.file ?? name;
      const bytes = load(fileName);
      const { latent } = readLatentFile(bytes, hintsFor(fileName), row.override);
      expect(latent.data.buffer).not.toBe(bytes.buffer);
      expect(latent.data.byteLength).toBe(latent.data.buffer.byteLength);
      expect(latent.data.every(Number.isFinite)).toBe(true);
    }
  });

  it('states a reason in plain words', () => {
    const { reading } = readLatentFile(load('flux2-klein.npy'));
    expect(reading.reason).toMatch(/^32 channels, std 1\.\d\d: FLUX\.2, raw VAE values/);
  });
});
