import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CONTAINERS, readTensorFile } from '../containers/index.ts';
import { AppError } from '../errors.ts';
import { readTensors, sourceOf } from './read-tensors.ts';
import type { TensorFile } from './tensor.ts';
import { toFloat32 } from './to-float32.ts';

interface Expected {
  readonly container?: string;
  readonly refused?: string;
  readonly voidAs?: 'BF16';
  readonly metadata?: Record<string, string>;
  readonly tensors?: Record<string, { dtype: string; shape: number[]; values: (number | string)[] }>;
}

const folder = new URL('./fixtures/', import.meta.url);
const load = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, folder)));
const rows = Object.entries(
  JSON.parse(readFileSync(new URL('expected.json', folder), 'utf8')) as Record<string, Expected>,
);

function expectTensors(file: TensorFile, tensors: NonNullable<Expected['tensors']>): void {
  expect([...file.tensors.keys()].sort()).toEqual(Object.keys(tensors).sort());
  for (const [name, wanted] of Object.entries(tensors)) {
    const tensor = file.tensors.get(name);
    if (tensor === undefined) throw new Error(`no tensor ${name}`);
    expect({ dtype: tensor.dtype, shape: tensor.shape }).toEqual({
      dtype: wanted.dtype,
      shape: wanted.shape,
    });
    const values = wanted.values.map((v) => (v === 'inf' ? Infinity : v === '-inf' ? -Infinity : Number(v)));
    expect(toFloat32(tensor)).toEqual(Float32Array.from(values));
  }
}

describe('files written by numpy, safetensors, torch and Pillow', () => {
  it.each(rows.filter(([, row]) => row.refused === undefined))('reads %s value for value', (name, row) => {
    const file = readTensorFile(load(name), name);
    expect(file.container).toBe(row.container);
    expectTensors(file, row.tensors ?? {});
    if (row.metadata !== undefined) expect(file.metadata).toEqual(row.metadata);
  });

  it.each(rows.filter(([, row]) => row.refused !== undefined))('refuses %s in a sentence', (name, row) => {
    let error: unknown;
    try {
      readTensorFile(load(name), name);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).code).toBe(row.refused);
    expect((error as AppError).message).toMatch(/^[A-Z].{40,}\.$/);
  });

  it.each(rows.filter(([, row]) => row.voidAs !== undefined))(
    'reads %s as bfloat16 on request',
    (name, row) => {
      const file = sourceOf(load(name), name, { voidAs: 'BF16' });
      expectTensors(readTensors(file, CONTAINERS), row.tensors ?? {});
      expectTensors(readTensorFile(load(name), 'my_bf16.npy'), row.tensors ?? {});
    },
  );

  it('tells every container by its content, whatever the file is called', () => {
    for (const [name, row] of rows) {
      if (row.container !== undefined) {
        expect(readTensorFile(load(name), 'latent.bin').container).toBe(row.container);
      }
    }
  });

  it('reads a file at any offset of a larger buffer', () => {
    for (const [name, row] of rows) {
      if (row.container === undefined) continue;
      const bytes = load(name);
      const shifted = new Uint8Array(bytes.length + 3).subarray(3);
      shifted.set(bytes);
      expectTensors(readTensorFile(shifted, name), row.tensors ?? {});
    }
  });
});
