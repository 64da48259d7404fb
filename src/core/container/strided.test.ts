import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteBudget } from './byte-budget.ts';
import { crc32 } from './crc32.ts';
import { columnMajorStrides, gatherStrided } from './strided.ts';
import { leastComputingMs } from './testing/computing-time.ts';

/** Item after item, as the definition of strides has it. */
function gatheredPlainly(
  storage: Uint8Array,
  itemBytes: number,
  { shape, strides, offset }: { shape: readonly number[]; strides: readonly number[]; offset: number },
): Uint8Array {
  const elements = shape.reduce((n, size) => n * size, 1);
  const out = new Uint8Array(elements * itemBytes);
  for (let n = 0; n < elements; n++) {
    let [rest, at] = [n, offset];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += (rest % (shape[axis] as number)) * (strides[axis] as number);
      rest = Math.floor(rest / (shape[axis] as number));
    }
    for (let i = 0; i < itemBytes; i++) out[n * itemBytes + i] = storage[at * itemBytes + i] as number;
  }
  return out;
}

describe('a strided tensor in C order', () => {
  const axis = fc.record({ size: fc.integer({ min: 1, max: 16 }), stride: fc.integer({ min: 0, max: 40 }) });
  const longAxis = fc.record({
    size: fc.integer({ min: 60, max: 70 }),
    stride: fc.integer({ min: 0, max: 80 }),
  });
  const axes = fc.oneof(fc.array(axis, { maxLength: 3 }), fc.tuple(longAxis, longAxis));

  test('has the items that its strides name, for any strides, item size and place in a file', () => {
    fc.assert(
      fc.property(
        axes,
        fc.constantFrom(1, 2, 4, 8),
        fc.nat(7),
        fc.nat(7),
        (all, itemBytes, offset, shift) => {
          const tensor = { shape: all.map((a) => a.size), strides: all.map((a) => a.stride), offset };
          const last = all.reduce((at, a) => at + (a.size - 1) * a.stride, offset);
          const file = Uint8Array.from(
            { length: shift + (last + 1) * itemBytes },
            (_, i) => (i * 40503) >>> 8,
          );
          const storage = file.subarray(shift);
          const gathered = gatherStrided(storage, itemBytes, tensor, new ByteBudget(), 'The tensor');
          expect(Buffer.compare(gathered, gatheredPlainly(storage, itemBytes, tensor))).toBe(0);
        },
      ),
    );
  });

  test('turned from Fortran order costs no more than a few checksums of as many bytes', () => {
    const shape = [1, 32, 700, 700];
    const bytes = new Uint8Array(2 * 32 * 700 * 700).fill(7);
    const tensor = { shape, strides: columnMajorStrides(shape), offset: 0 };
    const gather = () => gatherStrided(bytes, 2, tensor, new ByteBudget(), 'The array');
    // Item after item it was 12 to 20 of them, most of it spent on lines of which one item was used.
    const ms = leastComputingMs(gather);
    expect(ms).toBeLessThan(7 * leastComputingMs(() => crc32(bytes)));
  });
});
