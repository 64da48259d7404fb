import { deflateRawSync, deflateSync } from 'node:zlib';
import { concatBytes } from '@noble/hashes/utils.js';
import { zipSync } from 'fflate';
import { crc32 } from '../src/core/container/crc32.ts';
import { PNG_SIGNATURE, pngChunk } from '../src/core/container/png-chunks.ts';
import { op, pickleOf, repeated, tensor } from '../src/core/container/testing/pickle-bytes.ts';
import type { StateDict } from '../src/core/weights/state-view.ts';
import { mutate, type Random } from './fuzz-mutations.ts';

/** Large files are made and not kept: 64 MB, where a size that nobody counted shows. */
const LARGEST_BYTES = 64 * 2 ** 20;

/** A size up to `most`, its logarithm spread evenly, so that small ones come as often as large ones. */
const sizeUpTo = (random: Random, most: number): number => Math.floor(most ** (random(1000) / 1000));

function headed(header: string, dataBytes: number): Uint8Array {
  const text = new TextEncoder().encode(header);
  const out = new Uint8Array(8 + text.length + dataBytes);
  new DataView(out.buffer).setBigUint64(0, BigInt(text.length), true);
  out.set(text, 8);
  return out;
}

/** Half of the time as it is, else with an edit or three. */
const blemished = (bytes: Uint8Array, random: Random): Uint8Array =>
  random(2) === 0 ? bytes : mutate(bytes, random, bytes.subarray(0, 400));

/** A safetensors file: deep or wide headers, long names, many tensors, much data. */
export function largeSafetensors(random: Random): Uint8Array {
  const n = sizeUpTo(random, 2_000_000);
  const entry = (dtype: string, shape: string): string =>
    `{"a":{"dtype":${dtype},"shape":${shape},"data_offsets":[0,0]}}`;
  const makers: readonly (() => Uint8Array)[] = [
    () => headed(entry('['.repeat(n) + ']'.repeat(n), '[]'), 0),
    () => headed(entry('"F32"', `[${'1,'.repeat(n)}1]`), 4),
    () => headed(`${'{"a":'.repeat(n)}1${'}'.repeat(n)}`, 0),
    () => headed(`{"${'n'.repeat(9 * n)}":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}`, 4),
    () => {
      const count = Math.ceil(n / 10);
      const one = (i: number): string => `"t${i}":{"dtype":"U8","shape":[1],"data_offsets":[${i},${i + 1}]}`;
      return headed(`{${Array.from({ length: count }, (_, i) => one(i)).join()}}`, count);
    },
    () => {
      const side = 4 * sizeUpTo(random, 500);
      const bytes = Math.min(LARGEST_BYTES, 16 * side * side * 4);
      return headed(
        `{"a":{"dtype":"F32","shape":[1,16,${side},${side}],"data_offsets":[0,${bytes}]}}`,
        bytes,
      );
    },
  ];
  return blemished((makers[random(makers.length)] as () => Uint8Array)(), random);
}

/** Whole instructions, from which sound pickles with senseless content are made. */
const WORDS: readonly (readonly number[])[] = [
  op.mark,
  op.tuple,
  op.tuple1,
  op.tuple2,
  op.emptyTuple,
  op.emptyList,
  op.emptyDict,
  op.append,
  op.appends,
  op.setItem,
  op.reduce,
  op.persist,
  op.build,
  op.none,
  op.int(1),
  op.int(-1),
  op.text('storage'),
  op.text('0'),
  op.put(0),
  op.put(1),
  op.get(0),
  op.get(1),
  op.global('collections', 'OrderedDict'),
  op.global('torch._utils', '_rebuild_tensor_v2'),
  op.global('torch', 'Size'),
  tensor(),
  tensor({ items: 6, size: [2], stride: [2] }),
];

/** The pickle of a torch file: a sound state dict of many tensors, or instructions of which a few come very often over. */
function largePickle(random: Random): { readonly pickle: Uint8Array; readonly items: number } {
  if (random(3) === 0) {
    const count = 1 + sizeUpTo(random, 40_000);
    const side = 1 + random(64);
    const one = tensor({ items: 16 * side * side, size: [16, side, side], stride: [side * side, side, 1] });
    const entry = (i: number): number[] => [...op.text(`layer.${i}.weight`), ...one, ...op.setItem];
    const pickle = pickleOf(op.emptyDict, ...Array.from({ length: count }, (_, i) => entry(i)));
    return { pickle, items: 16 * side * side };
  }
  const pieces: (readonly number[] | Uint8Array)[] = [];
  let room = 7_500_000;
  for (let n = 1 + random(12); n > 0; n--) {
    const phrase = Array.from({ length: 1 + random(4) }, () => WORDS[random(WORDS.length)] ?? op.none).flat();
    const times = Math.min(
      Math.floor(room / phrase.length),
      random(3) === 0 ? sizeUpTo(random, 1e6) : 1 + random(4),
    );
    pieces.push(repeated(phrase, times));
    room -= phrase.length * times;
  }
  return { pickle: pickleOf(...pieces), items: random(4) === 0 ? sizeUpTo(random, LARGEST_BYTES / 8) : 6 };
}

/** A torch file with a large pickle, whole but for a few bytes half of the time, and with as much data as the state dict wants. */
export function largeTorch(random: Random): Uint8Array {
  const { pickle, items } = largePickle(random);
  const lead = { ['x'.repeat(1 + random(4))]: new Uint8Array(0) };
  const members = { ...lead, 'x/data.pkl': pickle, 'x/data/0': new Uint8Array(4 * items) };
  return blemished(zipSync(members, { level: 0 }), random);
}

const LEGACY_MAGIC = [0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

/** The same in the form of before PyTorch 1.6: five pickles and the storages. */
export function largeLegacyTorch(random: Random): Uint8Array {
  const machine = [op.emptyDict, op.text('little_endian'), [0x88], op.setItem];
  const { pickle, items } = largePickle(random);
  const keys = random(3) === 0 ? repeated([...op.text('0'), ...op.append], sizeUpTo(random, 1e5)) : null;
  const count = new Uint8Array(8 + 4 * items);
  new DataView(count.buffer).setBigUint64(0, BigInt(items), true);
  return blemished(
    concatBytes(
      ...[
        ...[pickleOf(LEGACY_MAGIC), pickleOf(op.int(1001)), pickleOf(...machine), pickle],
        ...[pickleOf(op.emptyList, keys ?? [...op.text('0'), ...op.append]), count],
      ],
    ),
    random,
  );
}

/** An array of zeros with a sound header, or one that claims another size, or a very long one. */
export function largeNpy(random: Random): Uint8Array {
  const side = 4 * sizeUpTo(random, 500);
  const claimed = random(4) === 0 ? 4 * sizeUpTo(random, 30_000) : side;
  const long = random(4) === 0 ? ' '.repeat(sizeUpTo(random, 4_000_000)) : '';
  const deep = random(6) === 0 ? '('.repeat(sizeUpTo(random, 1_000_000)) : '';
  const header = `{'descr': '<f4', 'fortran_order': ${random(2) === 0 ? 'True' : 'False'}, 'shape': ${deep}(1, 16, ${claimed}, ${claimed}), }${long}\n`;
  const text = new TextEncoder().encode(header);
  const head = new Uint8Array([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 2, 0, 0, 0, 0, 0]);
  new DataView(head.buffer).setUint32(8, text.length, true);
  const data = new Uint8Array(Math.min(LARGEST_BYTES, 16 * side * side * 4));
  return blemished(concatBytes(head, text, data), random);
}

/** An .npz of one deflated array, sound or of another size than it says, or of no array at all. */
export function largeNpz(random: Random): Uint8Array {
  const array = random(3) === 0 ? new Uint8Array(sizeUpTo(random, 200_000_000)) : largeNpy(random);
  const zip = zipSync({ 'a.npy': deflateRawSync(array, { level: 1 }) }, { level: 0 });
  const view = new DataView(zip.buffer);
  const central = view.getUint32(zip.length - 6, true);
  // What was stored is deflated already: both headers are told so, and how far it goes.
  for (const at of [8, central + 10]) view.setUint16(at, 8, true);
  const size = random(3) === 0 ? sizeUpTo(random, 2 ** 31) : array.length;
  for (const at of [22, central + 24]) view.setUint32(at, size, true);
  for (const at of [14, central + 16]) view.setUint32(at, crc32(array), true);
  return zip;
}

/** A PNG of up to 8,000 pixels a side, black, in as many parts as it pleases. */
export function largePng(random: Random): Uint8Array {
  const [width, height] = [1 + sizeUpTo(random, 8000), 1 + sizeUpTo(random, 8000)];
  const channels = random(2) === 0 ? 4 : 3;
  const rows = new Uint8Array(Math.min(200_000_000, height * (1 + channels * width)));
  const pixels = deflateSync(rows, { level: 1 });
  const head = new Uint8Array(13);
  const view = new DataView(head.buffer);
  view.setUint32(0, random(5) === 0 ? sizeUpTo(random, 2 ** 31) : width);
  view.setUint32(4, height);
  head.set([8, channels === 4 ? 6 : 2], 8);
  const empty = random(3) === 0 ? sizeUpTo(random, 120_000) : 0;
  const parts = [pngChunk('IHDR', head), repeated([...pngChunk('IDAT', new Uint8Array(0))], empty)];
  const all = [PNG_SIGNATURE, ...parts, pngChunk('IDAT', pixels), pngChunk('IEND', new Uint8Array(0))];
  return blemished(concatBytes(...all), random);
}

/** A checkpoint of up to `most` tensors under the names that networks have, with sizes that they may not. */
export function checkpoint(random: Random, most = 3000): StateDict {
  const side = (): number => (random(8) === 0 ? sizeUpTo(random, 1e6) : 1 + random(40));
  const count = 1 + sizeUpTo(random, random(6) === 0 ? most : 40);
  const prefix = (): string => ['', 'params.', 'model.', 'vae.', `p${random(5000)}.`][random(5)] ?? '';
  const names: readonly ((i: number) => readonly [string, readonly number[]])[] = [
    (i) => [
      `layers.${i}.residual_group.blocks.${random(3)}.attn.relative_position_bias_table`,
      [(2 * side() - 1) ** 2, 1 + random(8)],
    ],
    (i) => [`layers.${i}.residual_group.blocks.0.mlp.fc1.weight`, [side(), side()]],
    () => ['conv_first.weight', [side(), [3, 4, 16, 32][random(4)] ?? 4, 3, 3]],
    () => ['conv_in.weight', [side(), 32, 3, 3]],
    (i) => [`stages.${i}.up.weight`, [side(), side(), 3, 3]],
    (i) => [`stages.${i}.blocks.${random(4)}.conv1.weight`, [side(), side(), 3, 3]],
    (i) => [`${i}.conv.${2 * random(3)}.weight`, [side(), side(), 3, 3]],
    (i) => [`${i}.weight`, [side(), side(), 3, 3]],
    (i) => [`decoder.up.${i}.block.${random(3)}.conv1.weight`, [side(), side(), 3, 3]],
    () => ['decoder.mid.block_1.norm1.weight', [side()]],
    () => ['decoder.conv_in.weight', [side(), side(), 3, 3]],
    () => ['bn.running_mean', [sizeUpTo(random, 1e6)]],
  ];
  const first = prefix();
  const shapes = new Map<string, readonly number[]>();
  for (let i = 0; i < count; i++) {
    const [name, shape] = (names[random(names.length)] ?? (() => ['x', [1]] as const))(i);
    shapes.set((random(20) === 0 ? prefix() : first) + name, shape);
  }
  return new Map(
    [...shapes].map(([name, shape]) => [name, { name, dtype: 'F32', shape, bytes: new Uint8Array(0) }]),
  );
}
