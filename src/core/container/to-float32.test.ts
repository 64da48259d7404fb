import { describe, expect, test } from 'vitest';
import { toFloat32 } from './to-float32.ts';

describe('toFloat32', () => {
  test('reads a Node Buffer at an odd offset, whose slice would not copy', () => {
    const values = Float32Array.of(1.5, -2, 0.25);
    const file = Buffer.concat([Buffer.of(7), Buffer.from(values.buffer)]);
    // Buffer.concat may itself start at an odd place of a pool, so pick the one of two views that is misaligned.
    const bytes = file.subarray(1);
    const odd = bytes.byteOffset % 4 === 0 ? Buffer.concat([Buffer.of(7, 7), bytes]).subarray(2) : bytes;
    expect(odd.byteOffset % 4).not.toBe(0);
    expect(toFloat32({ name: 'x', dtype: 'F32', shape: [3], bytes: odd })).toEqual(values);
  });
});
