import { expect, test } from 'vitest';
import { readAhead } from './read-ahead.ts';

const MB = 2 ** 20;

/** A file of 21 MB and a bit, what was read of it, and what waits for the end of the turn. */
function opened() {
  const bytes = Uint8Array.from({ length: 21 * MB + 12_345 }, (_, i) => (i * 31 + (i >> 9)) & 255);
  const readings: string[] = [];
  const waiting: (() => void)[] = [];
  const file = readAhead(
    {
      size: bytes.length,
      read(begin, end) {
        readings.push(`${begin} to ${end}`);
        return bytes.slice(begin, end);
      },
    },
    (work) => waiting.push(work),
  );
  return { bytes, file, readings, waiting };
}

test('hundreds of tensors behind each other are a reading for each block, and the bytes of the file', () => {
  const { bytes, file, readings } = opened();
  for (let at = 0; at < bytes.length; at += 40_000) {
    const end = Math.min(at + 40_000, bytes.length);
    expect(Buffer.compare(file.read(at, end), bytes.subarray(at, end))).toBe(0);
  }
  expect(readings).toHaveLength(11);
});

test('what is larger than a block is read as it is, and nothing is nothing', () => {
  const { bytes, file, readings } = opened();
  expect(Buffer.compare(file.read(5, 3 * MB), bytes.subarray(5, 3 * MB))).toBe(0);
  expect(readings).toEqual([`5 to ${3 * MB}`]);
  expect(file.read(7, 7)).toHaveLength(0);
});

test('each reading is a copy of its own', () => {
  const { bytes, file } = opened();
  file.read(100, 200).fill(0);
  expect(Buffer.compare(file.read(100, 200), bytes.subarray(100, 200))).toBe(0);
});

test('no more than four blocks are kept, and none past the turn', () => {
  const { file, readings, waiting } = opened();
  for (const block of [0, 1, 2, 3, 4, 0]) file.read(block * 2 * MB, block * 2 * MB + 10);
  expect(readings).toHaveLength(6);
  expect(waiting).toHaveLength(1);
  for (const work of waiting) work();
  file.read(0, 10);
  expect(readings).toHaveLength(7);
  expect(waiting).toHaveLength(2);
});
