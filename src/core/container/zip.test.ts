import { deflateRawSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { AppError } from '../errors.ts';
import { ByteBudget } from './byte-budget.ts';
import { crc32 } from './crc32.ts';
import { readNpz } from './npz.ts';
import { watchComputing } from './testing/computing-time.ts';
import { writeNpy } from './write-npy.ts';
import { memberBytes, readZip } from './zip.ts';

const npy = (values: number[]): Uint8Array =>
  writeNpy({ dtype: 'F32', shape: [values.length], bytes: new Uint8Array(Float32Array.from(values).buffer) });
const files = { 'a.npy': npy([1, 2, 3]), 'b.npy': npy(new Array(500).fill(7)) };
const stored = zipSync(files, { level: 0 });
const deflated = zipSync(files, { level: 6 });

/** Where the n-th central directory record begins. */
function central(zip: Uint8Array, n: number): number {
  const view = new DataView(zip.buffer, zip.byteOffset);
  let at = view.getUint32(zip.length - 6, true);
  for (; n > 0; n--) {
    at += 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return at;
}
function edited(zip: Uint8Array, edit: (view: DataView, bytes: Uint8Array) => void): Uint8Array {
  const copy = zip.slice();
  edit(new DataView(copy.buffer), copy);
  return copy;
}
function code(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('readZip and readNpz', () => {
  it('gives stored members as views and inflates the others', () => {
    const members = readZip(stored);
    const b = members.get('b.npy');
    expect(b && memberBytes(b, new ByteBudget(0), 'crc').buffer).toBe(stored.buffer);
    const packed = readZip(deflated).get('b.npy');
    expect(packed && memberBytes(packed, new ByteBudget(), 'crc')).toEqual(files['b.npy']);
  });

  it('trusts the central directory and not the local sizes, which numpy leaves all ones', () => {
    const blank = edited(stored, (view) => {
      view.setUint32(18, 0xffffffff, true);
      view.setUint32(22, 0xffffffff, true);
    });
    expect([...readNpz(blank).tensors.keys()]).toEqual(['a', 'b']);
  });

  const end = (zip: Uint8Array): number => zip.length - 22;
  const rows: [string, Uint8Array, string][] = [
    ['sound and stored', stored, 'accepted'],
    ['sound and deflated', deflated, 'accepted'],
    ['cut by one byte', stored.subarray(0, -1), 'file/truncated'],
    ['padded by one byte', new Uint8Array([...stored, 0]), 'file/truncated'],
    [
      'whose directory offset lies',
      edited(stored, (v) => v.setUint32(end(stored) + 16, 5, true)),
      'file/malformed',
    ],
    [
      'whose directory size lies',
      edited(stored, (v) => v.setUint32(end(stored) + 12, 0xfffffff0, true)),
      'file/malformed',
    ],
    ['with one data byte flipped', edited(stored, (_, b) => b.fill(0xaa, 165, 166)), 'file/malformed'],
    [
      'with an encrypted member',
      edited(stored, (v) => v.setUint16(central(stored, 0) + 8, 1, true)),
      'file/unsupported',
    ],
    [
      'with a member of method 12',
      edited(stored, (v) => v.setUint16(central(stored, 0) + 10, 12, true)),
      'file/unsupported',
    ],
    [
      'with a stored member of two sizes',
      edited(stored, (v) => v.setUint32(central(stored, 0) + 24, 9, true)),
      'file/malformed',
    ],
    [
      'with a member outside the file',
      edited(stored, (v) => v.setUint32(central(stored, 1) + 42, 0x7fffffff, true)),
      'file/malformed',
    ],
    [
      'with two members on the same bytes',
      edited(stored, (v) => v.setUint32(central(stored, 1) + 42, 0, true)),
      'file/malformed',
    ],
    [
      'with two members of one name',
      edited(stored, (_, b) => b.set([97], central(stored, 1) + 46)),
      'file/malformed',
    ],
    [
      'with a 64-bit size and no 64-bit field',
      edited(stored, (v) => v.setUint32(central(stored, 0) + 24, 0xffffffff, true)),
      'file/malformed',
    ],
    [
      'that claims more than it inflates to',
      edited(deflated, (v) => v.setUint32(central(deflated, 1) + 24, 5000, true)),
      'file/malformed',
    ],
    [
      'that claims less than it inflates to',
      edited(deflated, (v) => v.setUint32(central(deflated, 1) + 24, 64, true)),
      'file/malformed',
    ],
    [
      'that claims an impossible ratio',
      edited(deflated, (v) => v.setUint32(central(deflated, 1) + 24, 0x7fffffff, true)),
      'file/malformed',
    ],
    ['with a broken stream', edited(deflated, (_, b) => b.fill(0xff, 40, 60)), 'file/malformed'],
    [
      'whose member calls itself something else',
      edited(stored, (_, b) => b.set([120], 30)),
      'file/malformed',
    ],
    ['whose member states another method', edited(stored, (v) => v.setUint16(8, 8, true)), 'file/malformed'],
    [
      'whose end record counts other members',
      edited(stored, (v) => v.setUint16(end(stored) + 10, 3, true)),
      'file/malformed',
    ],
    ['without members', zipSync({}), 'file/unsupported'],
  ];
  it.each(rows)('judges an archive %s', (_, bytes, verdict) => {
    expect(code(() => readNpz(bytes))).toBe(verdict);
  });

  /** Raw DEFLATE streams as members of an archive: stored by the writer, then marked as deflated to `size` bytes with `crc`. */
  function bombs(packed: Uint8Array, count: number, size: number, crc: number): Uint8Array {
    const names = Array.from({ length: count }, (_, i) => `${i}.npy`);
    const zip = zipSync(Object.fromEntries(names.map((name) => [name, packed])), { level: 0 });
    return edited(zip, (view) => {
      for (let i = 0; i < count; i++) {
        const at = central(zip, i);
        view.setUint16(at + 10, 8, true);
        view.setUint16(view.getUint32(at + 42, true) + 8, 8, true);
        view.setUint32(at + 16, crc, true);
        view.setUint32(at + 24, size, true);
      }
    });
  }

  it('refuses a zip bomb before it is inflated', () => {
    const zeros = new Uint8Array(300_000_000);
    const packed = deflateRawSync(zeros, { level: 1 });
    const spent = watchComputing();
    expect(code(() => readNpz(bombs(packed, 1, zeros.length, 0)))).toBe('file/too-large');
    expect(spent()).toBeLessThan(200);
  });

  it('counts many small bombs against one budget', () => {
    const array = npy(new Array(50_000).fill(0));
    const packed = deflateRawSync(array, { level: 1 });
    const crc = crc32(array);
    const read = (count: number) =>
      readNpz(bombs(packed, count, array.length, crc), {}, new ByteBudget(1_000_000));
    expect([...read(2).tensors.keys()]).toEqual(['0', '1']);
    expect(code(() => read(6))).toBe('file/too-large');
  });

  it('stops inflating a member that hides more than it claims', () => {
    const packed = deflateRawSync(new Uint8Array(100_000_000), { level: 1 });
    const spent = watchComputing();
    expect(code(() => readNpz(bombs(packed, 1, 100, 0)))).toBe('file/malformed');
    expect(spent()).toBeLessThan(200);
  });
});
