import { readFileSync } from 'node:fs';
import { concatBytes } from '@noble/hashes/utils.js';
import { describe, expect, it } from 'vitest';
import { ints, op, pickleOf, repeated, type TensorSpec, tensor } from '../container/testing/pickle-bytes.ts';
import { toFloat32 } from '../container/to-float32.ts';
import { AppError } from '../errors.ts';
import { readLegacyTorch } from './torch-legacy.ts';

const MAGIC = [0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
const yes = [0x88];

interface Parts {
  readonly version?: readonly number[];
  readonly machine?: readonly (readonly number[] | Uint8Array)[];
  readonly value?: readonly (readonly number[] | Uint8Array)[];
  readonly keys?: readonly (readonly number[] | Uint8Array)[];
  readonly storages?: readonly Uint8Array[];
}

/** A storage as it lies in the file: how many values it has, and they. */
function stored(values: readonly number[], claimed: number = values.length): Uint8Array {
  const count = new Uint8Array(8);
  new DataView(count.buffer).setBigUint64(0, BigInt(claimed), true);
  return concatBytes(count, new Uint8Array(Float32Array.from(values).buffer));
}

const littleEndian = (isLittle: readonly number[]): readonly number[] => [
  ...[...op.emptyDict, ...op.text('little_endian'), ...isLittle, ...op.setItem],
];
const listOf = (...keys: string[]): readonly number[] => [
  ...[...op.emptyList, ...keys.flatMap((key) => [...op.text(key), ...op.append])],
];

/** A file of one [2, 3] tensor, unless something else is asked for. */
const file = ({
  version = op.int(1001),
  machine = [littleEndian(yes)],
  value = [tensor()],
  keys = [listOf('0')],
  storages = [stored([0, 1, 2, 3, 4, 5])],
}: Parts = {}): Uint8Array =>
  concatBytes(
    ...[
      ...[pickleOf(MAGIC), pickleOf(version), pickleOf(...machine), pickleOf(...value), pickleOf(...keys)],
      ...storages,
    ],
  );

function verdict(bytes: Uint8Array): string {
  try {
    readLegacyTorch(bytes);
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
  return 'accepted';
}

const both = (a: TensorSpec, b: TensorSpec): readonly number[] => [
  ...[...op.emptyList, ...tensor(a), ...op.append, ...tensor(b), ...op.append],
];

/** A tensor of a storage that is part of another, as PyTorch 0.3 wrote it. */
const partOfAnother: readonly number[] = [
  ...[...op.global('torch._utils', '_rebuild_tensor'), ...op.mark],
  ...[
    ...op.mark,
    ...op.text('storage'),
    ...op.global('torch', 'FloatStorage'),
    ...op.text('0'),
    ...op.text('cpu'),
  ],
  ...[...op.int(6), ...[...op.mark, ...op.text('1'), ...op.int(0), ...op.int(6), ...op.tuple], ...op.tuple],
  ...[...op.persist, ...op.int(0), ...ints(2, 3), ...ints(3, 1), ...op.tuple, ...op.reduce],
];

describe('a torch file from before 1.6', () => {
  it('gives its tensors as views on the file, offset and stride honoured', () => {
    const bytes = file({ value: [both({ offset: 3, size: [3], stride: [1] }, { stride: [1, 2] })] });
    const { container, tensors } = readLegacyTorch(bytes);
    expect(container).toBe('torch');
    const [row, turned] = [...tensors.values()].map((one) => [...toFloat32(one)]);
    expect([row, turned]).toEqual([
      [3, 4, 5],
      [0, 2, 4, 1, 3, 5],
    ]);
    expect(tensors.get('0')?.bytes.buffer).toBe(bytes.buffer);
  });

  it('tells its storages apart by the order of their keys', () => {
    const bytes = file({
      value: [both({ key: 'b' }, { key: 'a', items: 2, size: [2], stride: [1] })],
      keys: [listOf('a', 'b')],
      storages: [stored([8, 9]), stored([0, 1, 2, 3, 4, 5])],
    });
    const found = [...readLegacyTorch(bytes).tensors.values()].map((one) => [...toFloat32(one)]);
    expect(found).toEqual([
      [0, 1, 2, 3, 4, 5],
      [8, 9],
    ]);
  });

  it('is cut short wherever it ends, and never read past its end', () => {
    const bytes = new Uint8Array(
      readFileSync(new URL('../container/fixtures/legacy-kinds.pt', import.meta.url)),
    );
    for (let length = 20; length < bytes.length; length += 7) {
      expect(['file/malformed', 'file/truncated']).toContain(verdict(bytes.subarray(0, length)));
    }
  });

  const many = repeated([...op.emptyList, ...op.append], 40);
  const rows: readonly [string, Uint8Array, string][] = [
    ['sound', file(), 'accepted'],
    ['of another version', file({ version: op.int(1002) }), 'file/malformed'],
    ['of a big-endian machine', file({ machine: [littleEndian(op.no)] }), 'file/unsupported'],
    ['that does not say its byte order', file({ machine: [op.emptyDict] }), 'file/unsupported'],
    ['with a machine of 5,000 bytes', file({ machine: [op.text('x'.repeat(5000))] }), 'file/too-large'],
    ['with a name to run', file({ value: [op.global('os', 'system')] }), 'file/unsafe'],
    ['with a name to run among its keys', file({ keys: [op.global('os', 'system')] }), 'file/unsafe'],
    ['whose keys are no list', file({ keys: [op.text('0')] }), 'file/malformed'],
    ['that lists a storage no tensor has', file({ keys: [listOf('0', '1')] }), 'file/malformed'],
    ['that lists a storage twice', file({ keys: [listOf('0', '0')] }), 'file/malformed'],
    [
      'with more keys than its storages can have',
      file({ keys: [listOf(...Array(500).fill('0'))] }),
      'file/malformed',
    ],
    [
      'with a list of keys beyond all measure',
      file({ keys: [op.emptyList, repeated([...op.text('0'), ...op.append], 9000)] }),
      'file/too-large',
    ],
    ['without its storage', file({ keys: [op.emptyList], storages: [] }), 'file/malformed'],
    ['whose storage counts otherwise', file({ storages: [stored([0, 1, 2, 3, 4, 5], 7)] }), 'file/malformed'],
    ['whose storage is cut', file({ storages: [stored([0, 1, 2, 3, 4], 6)] }), 'file/truncated'],
    ['whose storage would be huge', file({ value: [tensor({ items: 0x7fffffff })] }), 'file/truncated'],
    [
      'that tells of a storage in two ways',
      file({ value: [both({}, { items: 5, size: [5], stride: [1] })] }),
      'file/malformed',
    ],
    ['of storages within storages', file({ value: [partOfAnother] }), 'file/unsupported'],
    ['whose tensor passes its storage', file({ value: [tensor({ offset: 1 })] }), 'file/malformed'],
    ['whose pickle is never closed', file({ value: [op.mark, many] }), 'file/malformed'],
  ];
  it.each(rows)('judges a file %s', (_, bytes, wanted) => {
    expect(verdict(bytes)).toBe(wanted);
  });
});
