import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import demos from '../../../public/demos/demos.json' with { type: 'json' };
import { type OpenedLatent, openFile } from '../open-file.ts';
import type { FamilyId } from './latent.ts';
import { readToldLatent } from './told-latent.ts';

const bytesOf = (file: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../../public/demos/${file}`, import.meta.url)));

/** All but the reading; values as bytes, which are compared at once. */
const outlineOf = ({ file: { tensors, ...file }, latent: { data, ...latent } }: OpenedLatent) => ({
  ...file,
  ...latent,
  tensors: [...tensors].map(([key, { bytes, ...tensor }]) => ({
    key,
    ...tensor,
    text: Buffer.from(bytes).toString('base64'),
  })),
  values: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
});

describe('a latent of which everything is known beforehand', () => {
  it.each(demos.demos)('is understood as the one door understands it: $file', ({ file, family }) => {
    const told = { family: family as FamilyId, space: 'model' } as const;
    const opened = openFile(bytesOf(file), file, told);
    const read = readToldLatent(bytesOf(file), told);
    if (opened.kind !== 'latent' || read === null) throw new Error(`${file} is no plain latent`);
    expect(read.reading).toEqual({ ...opened.reading, reason: '' });
    expect(outlineOf(read)).toEqual(outlineOf(opened));
  });

  const told = { family: 'flux2', space: 'model' } as const;
  const file = bytesOf('chelsea.npy');

  it('is left to the door where its family has other channels', () => {
    expect(readToldLatent(file, { ...told, family: 'sdxl' })).toBeNull();
  });

  it('is left to the door where it ends early, has more, or is no .npy', () => {
    expect(readToldLatent(file.subarray(0, -2), told)).toBeNull();
    expect(readToldLatent(new Uint8Array([...file, 0, 0]), told)).toBeNull();
    expect(readToldLatent(file.subarray(1), told)).toBeNull();
    expect(readToldLatent(new Uint8Array(0), told)).toBeNull();
  });

  it('is left to the door where a value is not finite', () => {
    const damaged = file.slice();
    damaged.set([0x00, 0x7e], damaged.length - 2);
    expect(readToldLatent(damaged, told)).toBeNull();
  });
});
