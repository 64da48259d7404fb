import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { AppError } from '../errors.ts';
import { pngChunk } from './png-chunks.ts';
import { readPng8 } from './png8.ts';
import { readSafetensors } from './safetensors.ts';
import { watchComputing } from './testing/computing-time.ts';
import { op, pickleOf, repeated, tensor } from './testing/pickle-bytes.ts';
import { toFloat32 } from './to-float32.ts';
import { readTorch } from './torch.ts';

/** How an opening ended, and what it took; the promise is a sentence within a second and 256 MB. */
function outcome(act: () => unknown): { code: string; message: string; ms: number; bytes: number } {
  const before = process.memoryUsage();
  const spent = watchComputing();
  let code = 'accepted';
  let message = '';
  try {
    act();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    ({ code, message } = error);
  }
  const ms = spent();
  const after = process.memoryUsage();
  const bytes = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
  return { code, message, ms, bytes };
}

/** On a busy machine; the files that broke the promise took 8 to 90 s. */
const GOOD_TIME_MS = 3000;
const MB = 2 ** 20;

const torchFile = (pickle: Uint8Array, storage = new Uint8Array(24)): Uint8Array =>
  zipSync({ 'x/data.pkl': pickle, 'x/data/0': storage }, { level: 0 });

const dictOf = (times: number): Uint8Array => repeated([...op.get(0), ...op.get(1), ...op.reduce], times);
const orderedDict = [...op.global('collections', 'OrderedDict'), ...op.put(0)];

describe('a small file that asks for much', () => {
  it('may not turn one list of pairs into thousands of dicts', () => {
    const pairs = new Uint8Array(90_000 * 7);
    const view = new DataView(pairs.buffer);
    for (let i = 0; i < 90_000; i++) {
      pairs[i * 7] = 0x4a;
      view.setUint32(i * 7 + 1, i, true);
      pairs.set([0x4e, 0x86], i * 7 + 5);
    }
    const pickle = pickleOf(
      [...orderedDict, ...op.emptyList, ...op.mark],
      pairs,
      [...op.appends, ...op.tuple1, ...op.put(1), ...op.emptyList, ...op.mark],
      dictOf(400),
      [...op.appends, ...op.tuple2],
    );
    const { code, ms, bytes } = outcome(() => readTorch(torchFile(pickle)));
    expect(code).toMatch(/^file\/(malformed|too-large)$/);
    expect(ms).toBeLessThan(GOOD_TIME_MS);
    expect(bytes).toBeLessThan(256 * MB);
  });

  it('may not write one key of a dict again and again', () => {
    const pickle = pickleOf(
      [...orderedDict, ...op.emptyList, ...op.mark, ...op.int(1), ...op.none, ...op.tuple2, ...op.put(5)],
      repeated(op.get(5), 300_000),
      [...op.appends, ...op.tuple1, ...op.put(1), ...op.mark],
      dictOf(1000),
      [...op.tuple, ...op.tuple2],
    );
    const { code, ms } = outcome(() => readTorch(torchFile(pickle)));
    expect(code).toMatch(/^file\/(malformed|too-large)$/);
    expect(ms).toBeLessThan(GOOD_TIME_MS);
  });

  it('may not have one long tuple checked for every tensor it describes', () => {
    const pickle = pickleOf(
      [...op.mark],
      repeated([0x4b, 1], 100_000),
      [...op.tuple, ...op.put(1)],
      [...op.global('torch._utils', '_rebuild_tensor_v2'), ...op.put(0)],
      [...op.mark, ...op.text('storage'), ...op.global('torch', 'FloatStorage'), ...op.text('0')],
      [...op.text('cpu'), ...op.int(6), ...op.tuple, ...op.persist, ...op.put(2)],
      [
        ...op.get(0),
        ...op.mark,
        ...op.get(2),
        ...op.int(0),
        ...op.get(1),
        ...op.get(1),
        ...op.no,
        ...op.tuple,
      ],
      op.reduce,
    );
    const { code, message } = outcome(() => readTorch(torchFile(pickle)));
    expect(code).toBe('file/malformed');
    expect(message).toContain('100000 axes');
  });

  it('opens a tensor that is referred to often once, wherever its values lie', () => {
    const items = 250_000;
    const pickle = (times: number) =>
      pickleOf(
        [...op.emptyList, ...op.mark, ...tensor({ items, size: [2], stride: [2] }), ...op.put(9)],
        repeated(op.get(9), times - 1),
        op.appends,
      );
    const storage = new Uint8Array(Float32Array.from({ length: items }, (_, i) => i).buffer);
    const zip = torchFile(pickle(20_000), storage);
    for (const shift of [0, 1, 2, 3]) {
      const moved = new Uint8Array(zip.length + shift).subarray(shift);
      moved.set(zip);
      let tensors = new Map() as ReturnType<typeof readTorch>['tensors'];
      const { code, ms, bytes } = outcome(() => {
        ({ tensors } = readTorch(moved));
      });
      expect(code).toBe('accepted');
      expect(ms).toBeLessThan(GOOD_TIME_MS);
      expect(bytes).toBeLessThan(64 * MB);
      expect(tensors.size).toBe(20_000);
      const last = tensors.get('19999');
      expect(last && [...toFloat32(last)]).toEqual([0, 2]);
      expect(last?.bytes.buffer).toBe(tensors.get('0')?.bytes.buffer);
    }
  });

  it('may not make long names by repeating one long key', () => {
    const pickle = pickleOf(
      [...op.emptyDict, ...op.text('k'.repeat(990)), ...op.emptyList, ...op.mark],
      repeated(op.none, 190_000),
      [...op.appends, ...op.setItem],
    );
    const { code, bytes } = outcome(() => readTorch(torchFile(pickle)));
    expect(code).toBe('file/too-large');
    expect(bytes).toBeLessThan(100 * MB);
  });

  it('may not fill memory with values that nothing holds', () => {
    const { code, bytes } = outcome(() => readTorch(torchFile(pickleOf(repeated(op.none, 7_900_000)))));
    expect(code).toMatch(/^file\/(malformed|too-large)$/);
    expect(bytes).toBeLessThan(256 * MB);
  });
});

/** A safetensors file of this header. */
function headed(header: string, data = new Uint8Array(0)): Uint8Array {
  const text = new TextEncoder().encode(header);
  const out = new Uint8Array(8 + text.length + data.length);
  new DataView(out.buffer).setBigUint64(0, BigInt(text.length), true);
  out.set(text, 8);
  out.set(data, 8 + text.length);
  return out;
}
const entryOf = (dtype: string, shape = '[]'): string =>
  `{"a":{"dtype":${dtype},"shape":${shape},"data_offsets":[0,0]}}`;
const nest = (open: string, close: string, depth: number, core = ''): string =>
  open.repeat(depth) + core + close.repeat(depth);

describe('a header made to hurt', () => {
  const rows: [string, string][] = [
    ['nests its element kind 6,000 deep', entryOf(nest('[', ']', 6000))],
    ['nests its element kind a million deep', entryOf(nest('[', ']', 1_000_000))],
    ['names an element kind of 19 million characters', entryOf(`"${'x'.repeat(19e6)}"`)],
    ['names a tensor with 19 million characters', `{"${'n'.repeat(19e6)}":{"dtype":"F32","shape":"x"}}`],
    ['nests objects to its 20 MB', nest('{"":', '}', 3_900_000, '1')],
    ['nests lists to its 20 MB', `{"a":${nest('[', ']', 9.9e6)}}`],
    ['has a shape of six million sides', entryOf('"F32"', `[${'1,'.repeat(6e6)}1]`)],
    [
      'has 900,000 remarks',
      `{"__metadata__":{${Array.from({ length: 900_000 }, (_, i) => `"k${i}":"v"`).join()}}}`,
    ],
  ];
  it.each(rows)('is refused in good time with a short sentence where it %s', (_, header) => {
    const file = headed(header);
    const { code, message, ms, bytes } = outcome(() => readSafetensors(file));
    expect(code).toMatch(/^file\/(malformed|unsupported|too-large)$/);
    expect(message.length).toBeLessThanOrEqual(1000);
    expect(message).toMatch(/[.;] ?[^.;]*\.$/);
    expect(ms).toBeLessThan(GOOD_TIME_MS);
    expect(bytes).toBeLessThan(256 * MB + file.length);
  });
});

describe('a PNG of two million parts', () => {
  const part = (type: string, data = new Uint8Array(0)): Uint8Array => pngChunk(type, data);
  it.each(['tEXt', 'IDAT'])('keeps none of its empty %s parts', (type) => {
    const head = new Uint8Array(13);
    new DataView(head.buffer).setUint32(0, 64);
    new DataView(head.buffer).setUint32(4, 64);
    head.set([8, 6], 8);
    const pieces = [
      Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10),
      part('IHDR', head),
      repeated([...part(type)], 2_000_000),
      part('IEND'),
    ];
    const file = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
    let at = 0;
    for (const piece of pieces) {
      file.set(piece, at);
      at += piece.length;
    }
    const { code, ms, bytes } = outcome(() => readPng8(file));
    expect(code).toBe('file/too-large');
    expect(ms).toBeLessThan(GOOD_TIME_MS);
    expect(bytes).toBeLessThan(100 * MB);
  });
});
