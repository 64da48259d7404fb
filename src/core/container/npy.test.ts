import { describe, expect, it } from 'vitest';
import { AppError } from '../errors.ts';
import { readNpy } from './npy.ts';
import { toFloat32 } from './to-float32.ts';

/** A .npy file with this header text and data, the length field made to fit unless given. */
function build(header: string, data: Uint8Array, { major = 1, length = header.length } = {}): Uint8Array {
  const prefix = major === 1 ? 10 : 12;
  const out = new Uint8Array(prefix + header.length + data.length);
  out.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, major, 0]);
  const view = new DataView(out.buffer);
  if (major === 1) view.setUint16(8, length, true);
  else view.setUint32(8, length, true);
  for (let i = 0; i < header.length; i++) out[prefix + i] = header.charCodeAt(i);
  out.set(data, prefix + header.length);
  return out;
}

const data = new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer);
const dict = (descr: string, order: string, shape: string): string =>
  `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }\n`;
const plain = dict("'<f4'", 'False', '(2, 3)');

function codeOf(bytes: Uint8Array): string {
  try {
    readNpy(bytes);
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('readNpy', () => {
  it('reads headers of Python 2, of any key order and spacing, and of other alignments', () => {
    for (const header of [
      "{'shape': (2L, 3L), 'fortran_order': False, 'descr': '<f4'}",
      '{"descr":"<f4","fortran_order":False,"shape":(2,3)}',
      "  { 'descr' : 'f4' , 'fortran_order' : False , 'shape' : ( 2 , 3 , ) , }   \n",
      dict("'=f4'", 'False', '[2, 3]'),
    ]) {
      const tensor = readNpy(build(header, data)).tensors.get('');
      expect(tensor?.shape).toEqual([2, 3]);
      expect(tensor && [...toFloat32(tensor)]).toEqual([1, 2, 3, 4, 5, 6]);
    }
  });

  it('reads Fortran order: the first index runs fastest', () => {
    const tensor = readNpy(build(dict("'<f4'", 'True', '(2, 3)'), data)).tensors.get('');
    expect(tensor && [...toFloat32(tensor)]).toEqual([1, 3, 5, 2, 4, 6]);
  });

  it('keeps the data as a view on the file', () => {
    const bytes = build(plain, data);
    expect(readNpy(bytes).tensors.get('')?.bytes.buffer).toBe(bytes.buffer);
  });

  const good = build(plain, data);
  const rows: [string, Uint8Array, string][] = [
    ['sound', good, 'accepted'],
    ['of version 2', build(plain, data, { major: 2 }), 'accepted'],
    ['of version 4', build(plain, data, { major: 4 }), 'file/unsupported'],
    ['one byte short', good.subarray(0, -1), 'file/truncated'],
    ['four bytes long', build(plain, new Uint8Array(28)), 'file/malformed'],
    ['cut in its magic', good.subarray(0, 5), 'file/malformed'],
    ['cut in its length', good.subarray(0, 9), 'file/truncated'],
    ['cut in its header', good.subarray(0, 40), 'file/truncated'],
    ['with a header claim past its end', build(plain, data, { length: 60_000 }), 'file/malformed'],
    ['with a 4 GB header claim', build(plain, data, { major: 2, length: 0xffffffff }), 'file/malformed'],
    ['of 2^40 elements', build(dict("'<f4'", 'False', '(1048576, 1048576)'), data), 'file/truncated'],
    [
      'whose shape overflows',
      build(dict("'<f4'", 'False', '(9007199254740993, 9007199254740993)'), data),
      'file/malformed',
    ],
    [
      'whose zero size hides an overflow',
      build(dict("'<f4'", 'False', '(9007199254740991, 9007199254740991, 0)'), data),
      'file/truncated',
    ],
    ['with a negative size', build(dict("'<f4'", 'False', '(-2, -3)'), data), 'file/malformed'],
    ['with a fractional size', build(dict("'<f4'", 'False', '(2.0, 3)'), data), 'file/malformed'],
    ['with a shape that is no tuple', build(dict("'<f4'", 'False', '6'), data), 'file/malformed'],
    ['whose order is a number', build(dict("'<f4'", '0', '(2, 3)'), data), 'file/malformed'],
    ['with a key too many', build(`{'x': 1, ${plain.slice(1)}`, data), 'file/malformed'],
    ['with a key twice', build("{'descr': '<f4', 'descr': '<f4', 'shape': (6,)}", data), 'file/malformed'],
    ['with code in its header', build(dict("__import__('os')", 'False', '(2, 3)'), data), 'file/malformed'],
    ['with text after its dict', build(`${plain.trim()} + 1`, data), 'file/malformed'],
    ['nested without end', build(dict('('.repeat(3000), 'False', '(2, 3)'), data), 'file/malformed'],
    ['of objects', build(dict("'|O'", 'False', '(2, 3)'), data), 'file/unsafe'],
    ['of fields', build(dict("[('a', '<f4')]", 'False', '(6,)'), data), 'file/unsupported'],
    ['of 4-byte void', build(dict("'|V4'", 'False', '(6,)'), data), 'file/unsupported'],
    ['of quad floats', build(dict("'<f16'", 'False', '(1,)'), data), 'file/unsupported'],
    ['of 40 axes', build(dict("'<f4'", 'False', `(${'1, '.repeat(40)})`), data), 'file/malformed'],
  ];
  it.each(rows)('judges a file %s', (_, bytes, verdict) => {
    expect(codeOf(bytes)).toBe(verdict);
  });
});
