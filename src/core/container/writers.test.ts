import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../errors.ts';
import { readNpy } from './npy.ts';
import { readSafetensors } from './safetensors.ts';
import { halfBits, toFloat16 } from './to-float16.ts';
import { toFloat32 } from './to-float32.ts';
import { writeNpy } from './write-npy.ts';
import { writeSafetensors } from './write-safetensors.ts';

const asBytes = (items: Float32Array | Uint16Array): Uint8Array =>
  new Uint8Array(items.buffer, items.byteOffset, items.byteLength);
function half(bits: number): number {
  const bytes = asBytes(Uint16Array.of(bits));
  return toFloat32({ name: '', dtype: 'F16', shape: [1], bytes })[0] as number;
}

describe('toFloat16', () => {
  it('keeps every half as it is', () => {
    for (let bits = 0; bits < 65536; bits++) {
      const value = half(bits);
      if (Number.isNaN(value)) expect(half(halfBits(value))).toBeNaN();
      else expect(halfBits(value)).toBe(bits);
    }
  });

  it('rounds to the nearest half, ties to even', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, min: -65519, max: 65519 }), (value) => {
        const bits = halfBits(value);
        const gap = Math.abs(half(bits) - value);
        const [below, above] = [half(bits === 0 ? 0 : bits - 1), half(bits + 1)];
        for (const other of [below, above]) {
          const otherGap = Math.abs(other - value);
          if (Number.isFinite(otherGap)) expect(gap).toBeLessThanOrEqual(otherGap);
          if (otherGap === gap && other !== half(bits)) expect(bits % 2).toBe(0);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('overflows to infinity from 65520 on', () => {
    expect([...toFloat16(Float32Array.of(65519, 65520, -1e9, Infinity))]).toEqual([
      0x7bff, 0x7c00, 0xfc00, 0x7c00,
    ]);
  });
});

describe('writers', () => {
  const shape = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });

  it('write .npy files that read back bit for bit', () => {
    fc.assert(
      fc.property(shape, fc.constantFrom('F16' as const, 'F32' as const), (sizes, dtype) => {
        const count = sizes.reduce((a, b) => a * b, 1);
        const values = Float32Array.from({ length: count }, (_, i) => i - 1.5);
        const bytes = asBytes(dtype === 'F16' ? toFloat16(values) : values);
        const file = writeNpy({ dtype, shape: sizes, bytes });
        expect(readNpy(file).tensors.get('')).toEqual({ name: '', dtype, shape: sizes, bytes });
        expect((file.length - bytes.length) % 64).toBe(0);
      }),
    );
  });

  it('write safetensors files that read back, with names and metadata of any text', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 5 }),
        fc.string(),
        (names, note) => {
          const tensors = names
            .filter((name) => name !== '__metadata__')
            .map((name, i) => ({
              name,
              dtype: 'F32' as const,
              shape: [i, 2],
              bytes: asBytes(new Float32Array(2 * i).fill(i)),
            }));
          const file = readSafetensors(writeSafetensors(tensors, { note }));
          expect(file.metadata).toEqual({ note });
          for (const tensor of tensors) expect(file.tensors.get(tensor.name)).toEqual(tensor);
        },
      ),
    );
  });

  it('refuse kinds that a .npy file has no plain name for', () => {
    expect(() => writeNpy({ dtype: 'BF16', shape: [1], bytes: new Uint8Array(2) })).toThrow(AppError);
  });
});
