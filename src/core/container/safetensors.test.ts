import { describe, expect, it } from 'vitest';
import { AppError } from '../errors.ts';
import { readSafetensors } from './safetensors.ts';
import { toFloat32 } from './to-float32.ts';

/** A file with this header text (object or literal) and data. */
function build(header: unknown, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const out = new Uint8Array(8 + text.length + data.length);
  new DataView(out.buffer).setBigUint64(0, BigInt(text.length), true);
  out.set(text, 8);
  out.set(data, 8 + text.length);
  return out;
}

const f32 = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);
const entry = (dtype: string, shape: number[], begin: number, end: number): object => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});
const two = { b: entry('F32', [1], 8, 12), a: entry('F32', [2], 0, 8) };

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('readSafetensors', () => {
  it('reads tensors in the order of their data, as views, with metadata', () => {
    const bytes = build({ __metadata__: { format: 'pt' }, ...two }, f32(1, 2, 3));
    const file = readSafetensors(bytes);
    expect([...file.tensors.keys()]).toEqual(['a', 'b']);
    expect(file.metadata).toEqual({ format: 'pt' });
    const a = file.tensors.get('a');
    expect(a?.bytes.buffer).toBe(bytes.buffer);
    expect(a && [...toFloat32(a)]).toEqual([1, 2]);
  });

  it('accepts rank 0, zero-size tensors and trailing spaces in the header, as the format does', () => {
    const header = JSON.stringify({ s: entry('F32', [], 0, 4), z: entry('F16', [0, 7], 4, 4) });
    const file = readSafetensors(build(`${header}   `, f32(5)));
    expect(file.tensors.get('s')?.shape).toEqual([]);
    expect(file.tensors.get('z')?.bytes.length).toBe(0);
  });

  const good = build(two, f32(1, 2, 3));
  function claim(bytes: bigint): Uint8Array {
    const copy = good.slice();
    new DataView(copy.buffer).setBigUint64(0, bytes, true);
    return copy;
  }
  const hostile: [string, Uint8Array, string][] = [
    ['nearly equal to the rest, and sound', good, 'accepted'],
    ['shorter than its size field', good.subarray(0, 7), 'file/truncated'],
    ['cut in its data', good.subarray(0, good.length - 1), 'file/truncated'],
    ['padded at its end', build(two, f32(1, 2, 3, 4)), 'file/malformed'],
    ['with a 5 GB header claim', claim(5_000_000_000n), 'file/truncated'],
    ['with a header claim near 2^64', claim(0xffffffffffffffffn), 'file/truncated'],
    ['with a BOM before the brace', build(`\ufeff${JSON.stringify(two)}`, f32(1, 2, 3)), 'file/malformed'],
    ['whose header is an array', build('[]'), 'file/malformed'],
    ['whose header is cut JSON', build('{"a":'), 'file/malformed'],
    [
      'with a key named twice',
      build(
        '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\\u0061":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
        f32(1),
      ),
      'file/malformed',
    ],
    [
      'with overlapping tensors',
      build({ a: entry('F32', [2], 0, 8), b: entry('F32', [2], 4, 12) }, f32(1, 2, 3)),
      'file/malformed',
    ],
    [
      'with a hole',
      build({ a: entry('F32', [1], 0, 4), b: entry('F32', [1], 8, 12) }, f32(1, 2, 3)),
      'file/malformed',
    ],
    ['not beginning at 0', build({ a: entry('F32', [1], 4, 8) }, f32(1, 2)), 'file/malformed'],
    ['whose span is not its shape', build({ a: entry('F32', [3], 0, 8) }, f32(1, 2)), 'file/malformed'],
    ['whose shape overflows', build({ a: entry('U8', [4294967296, 4294967296], 0, 0) }), 'file/malformed'],
    [
      'whose zero size hides an overflow',
      build({ a: entry('U8', [4294967296, 4294967296, 0], 0, 0) }),
      'file/malformed',
    ],
    ['with a negative size', build({ a: entry('U8', [-1, -4], 0, 4) }, f32(1)), 'file/malformed'],
    ['with a fractional offset', build({ a: entry('U8', [1], 0.5, 1.5) }, f32(1)), 'file/malformed'],
    ['with odd nibbles', build({ a: entry('F4', [3], 0, 1) }, new Uint8Array(1)), 'file/malformed'],
    ['with an unknown kind', build({ a: entry('F31', [1], 0, 4) }, f32(1)), 'file/unsupported'],
    ['with a number in its metadata', build({ __metadata__: { n: 1 } }), 'file/malformed'],
    [
      'with a size written as a fraction',
      build('{"a":{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}}', new Uint8Array(1)),
      'file/malformed',
    ],
    [
      'with a size in powers of ten',
      build('{"a":{"dtype":"U8","shape":[1e0],"data_offsets":[0,1]}}', new Uint8Array(1)),
      'file/malformed',
    ],
    [
      'with dots and minus signs in its names alone',
      build('{"a.b-1.0e5":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', new Uint8Array(1)),
      'accepted',
    ],
    ['whose metadata is null', build('{"__metadata__":null}'), 'accepted'],
    ['with an entry that is null', build({ a: null }), 'file/malformed'],
  ];
  it.each(hostile)('judges a file %s', (_, bytes, verdict) => {
    expect(codeOf(() => readSafetensors(bytes))).toBe(verdict);
  });

  it('keeps a tensor named __proto__ a plain name', () => {
    const file = readSafetensors(
      build('{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', f32(1)),
    );
    expect([...file.tensors.keys()]).toEqual(['__proto__']);
  });
});
