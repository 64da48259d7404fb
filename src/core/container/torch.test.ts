import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { AppError } from '../errors.ts';
import { op, tensor } from './testing/pickle-bytes.ts';
import { toFloat32 } from './to-float32.ts';
import { readTorch } from './torch.ts';

const ascii = (text: string): number[] => [...text].map((c) => c.charCodeAt(0));

const storage = new Uint8Array(Float32Array.of(0, 1, 2, 3, 4, 5).buffer);
function archive(pickle: number[], extra: Record<string, Uint8Array> = {}): Uint8Array {
  const members = {
    'x/data.pkl': Uint8Array.from([...op.proto, ...pickle, ...op.stop]),
    'x/data/0': storage,
    ...extra,
  };
  return zipSync(members, { level: 0 });
}

function code(bytes: Uint8Array): string {
  try {
    readTorch(bytes);
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('readTorch', () => {
  it('honours offset and stride', () => {
    const file = readTorch(archive(tensor({ offset: 1, size: [2, 2], stride: [1, 2] })));
    const found = file.tensors.get('');
    expect(found && [...toFloat32(found)]).toEqual([1, 3, 2, 4]);
  });

  it('keeps contiguous tensors as views on the file', () => {
    const bytes = archive(tensor({ offset: 3, size: [3], stride: [1] }));
    expect(readTorch(bytes).tensors.get('')?.bytes.buffer).toBe(bytes.buffer);
  });

  it('names nested values by their path and turns plain ones into metadata', () => {
    const pickle = [
      ...[...op.emptyDict, ...op.text('a'), ...op.emptyList, ...tensor(), ...op.append, ...op.setItem],
      ...[...op.text('n'), ...op.int(7), ...op.setItem],
    ];
    const file = readTorch(archive(pickle));
    expect([...file.tensors.keys()]).toEqual(['a.0']);
    expect(file.metadata).toEqual({ n: '7' });
  });

  const evil = [...op.global('os', 'system'), ...op.mark, ...op.text('true'), ...op.tuple, ...op.reduce];
  // Ten lists of ten references each to the list before: 10^10 paths.
  const laughs = [...op.emptyList, ...op.put(0)];
  for (let level = 1; level <= 10; level++) {
    laughs.push(...op.emptyList);
    for (let i = 0; i < 10; i++) laughs.push(...op.get(level - 1), ...op.append);
    laughs.push(...op.put(level));
  }
  const list = [...op.emptyList, ...op.put(0)];
  const rows: [string, Uint8Array, string][] = [
    ['sound', archive(tensor()), 'accepted'],
    ['with a module to import', archive(evil), 'file/unsafe'],
    ['with a builtin', archive([...op.global('builtins', 'eval'), ...op.none]), 'file/unsafe'],
    ['with a name that hides behind a known module', archive(op.global('torch', 'load')), 'file/unsafe'],
    ['with an instruction that builds instances (NEWOBJ)', archive([...op.none, 0x81]), 'file/unsafe'],
    ['with an unknown instruction', archive([0xff]), 'file/unsafe'],
    ['whose pickle ends early', archive([0x4a, 1]).slice(), 'file/malformed'],
    ['with values left over', archive([...op.none, ...op.none]), 'file/malformed'],
    ['with nothing to return', archive([]), 'file/malformed'],
    ['with a mark that is missing', archive([...op.tuple]), 'file/malformed'],
    ['with a memo that is missing', archive(op.get(9)), 'file/malformed'],
    ['that calls a list', archive([...op.emptyList, ...op.emptyTuple, ...op.reduce]), 'file/malformed'],
    ['that appends to a number', archive([...op.int(1), ...op.int(2), ...op.append]), 'file/malformed'],
    ['whose tensor passes its storage', archive(tensor({ size: [2, 4], stride: [4, 1] })), 'file/malformed'],
    ['whose offset passes its storage', archive(tensor({ offset: 1 })), 'file/malformed'],
    ['with a negative stride', archive(tensor({ stride: [-3, 1] })), 'file/malformed'],
    ['with ranks that differ', archive(tensor({ stride: [1] })), 'file/malformed'],
    ['whose storage lies about its size', archive(tensor({ items: 7 })), 'file/malformed'],
    ['whose storage is missing', archive(tensor({ key: '1' })), 'file/truncated'],
    [
      'whose expanded tensor would need gigabytes',
      archive(tensor({ size: [1 << 20, 1 << 12], stride: [0, 0] })),
      'file/too-large',
    ],
    [
      'whose size overflows',
      archive(tensor({ size: new Array(8).fill(0x7fffffff), stride: new Array(8).fill(0) })),
      'file/malformed',
    ],
    [
      'with shared lists that multiply without end',
      archive([...op.mark, ...laughs, ...op.tuple]),
      'file/too-large',
    ],
    ['with a list that holds itself', archive([...list, ...op.get(0), ...op.append]), 'file/too-large'],
    [
      'of big-endian data',
      archive(tensor(), { 'x/byteorder': Uint8Array.from(ascii('big')) }),
      'file/unsupported',
    ],
    ['without a pickle', zipSync({ 'x/data/0': storage }), 'file/unknown-format'],
  ];
  it.each(rows)('judges a file %s', (_, bytes, verdict) => {
    expect(code(bytes)).toBe(verdict);
  });
});
