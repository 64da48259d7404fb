import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { AppError } from '../errors.ts';
import { ByteBudget } from './byte-budget.ts';
import { readNpz } from './npz.ts';
import { writeNpy } from './write-npy.ts';

const MEGABYTE = 2 ** 20;

const archive = (member: Uint8Array): Uint8Array => zipSync({ 'a.npy': member }, { level: 1 });
function array(shape: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * shape.reduce((a, b) => a * b, 1));
  return writeNpy({ dtype: 'F32', shape, bytes });
}
function renamed(member: Uint8Array, from: string, to: string): Uint8Array {
  const text = new TextDecoder('latin1').decode(member.subarray(0, 128));
  const out = member.slice();
  out.set(new TextEncoder().encode(text.slice(10).replace(from, to)).subarray(0, 118), 10);
  return out;
}

function verdict(bytes: Uint8Array, budget: ByteBudget): string {
  try {
    readNpz(bytes, {}, budget);
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('a deflated array of an archive', () => {
  const rows: readonly [string, Uint8Array, string][] = [
    ['is no array', archive(new Uint8Array(8 * MEGABYTE)), 'file/malformed'],
    [
      'has another shape than bytes',
      archive(renamed(array([4, 512, 512]), '(4, 512', '(5, 512')),
      'file/malformed',
    ],
    ['holds objects', archive(renamed(array([4, 512, 512]), '<f4', '|O8')), 'file/unsafe'],
    [
      'holds a kind that is not read',
      archive(renamed(array([4, 512, 512]), '<f4', '<c8')),
      'file/unsupported',
    ],
  ];
  it.each(rows)(
    'is refused by its first bytes where it %s, before the rest is inflated',
    (_, bytes, wanted) => {
      const budget = new ByteBudget(16 * MEGABYTE);
      expect(verdict(bytes, budget)).toBe(wanted);
      // All of the room is still there.
      expect(() => budget.reserve(16 * MEGABYTE, 'the rest')).not.toThrow();
    },
  );

  it('is inflated where its header is sound, and counts in full', () => {
    const bytes = archive(array([4, 64, 64]));
    expect(verdict(bytes, new ByteBudget(4 * 64 * 64 * 4 + 128))).toBe('accepted');
    expect(verdict(bytes, new ByteBudget(4 * 64 * 64 * 4))).toBe('file/too-large');
  });
});
