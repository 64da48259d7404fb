const ascii = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));
const u32 = (n: number): number[] => [n & 255, (n >>> 8) & 255, (n >>> 16) & 255, n >>> 24];

/** Opcodes of a pickle, by name, enough to write what torch.save writes and what it never would. */
export const op = {
  proto: [0x80, 2],
  stop: [0x2e],
  mark: [0x28],
  tuple: [0x74],
  tuple1: [0x85],
  tuple2: [0x86],
  emptyTuple: [0x29],
  emptyList: [0x5d],
  emptyDict: [0x7d],
  append: [0x61],
  appends: [0x65],
  setItem: [0x73],
  reduce: [0x52],
  persist: [0x51],
  build: [0x62],
  none: [0x4e],
  no: [0x89],
  int: (n: number): number[] => [0x4a, ...u32(n)],
  text: (s: string): number[] => [0x58, ...u32(s.length), ...ascii(s)],
  global: (module: string, name: string): number[] => [0x63, ...ascii(`${module}\n${name}\n`)],
  put: (n: number): number[] => [0x71, n],
  get: (n: number): number[] => [0x68, n],
} as const;

/** A tuple of whole numbers. */
export const ints = (...values: number[]): number[] => [...op.mark, ...values.flatMap(op.int), ...op.tuple];

/** `instructions`, `times` over: what makes a small file do much. */
export function repeated(instructions: readonly number[], times: number): Uint8Array {
  const out = new Uint8Array(instructions.length * times);
  for (let i = 0; i < times; i++) out.set(instructions, i * instructions.length);
  return out;
}

/** A whole pickle from pieces, protocol and STOP added. */
export function pickleOf(...pieces: readonly (readonly number[] | Uint8Array)[]): Uint8Array {
  const all = [op.proto, ...pieces, op.stop];
  const out = new Uint8Array(all.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of all) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

export interface TensorSpec {
  readonly key?: string;
  readonly items?: number;
  readonly offset?: number;
  readonly size?: readonly number[];
  readonly stride?: readonly number[];
}

/** A float32 tensor as torch.save describes it; by default [2, 3] over the 6 values of storage "0". */
export function tensor({
  key = '0',
  items = 6,
  offset = 0,
  size = [2, 3],
  stride = [3, 1],
}: TensorSpec = {}): number[] {
  return [
    ...op.global('torch._utils', '_rebuild_tensor_v2'),
    ...op.mark,
    ...[
      ...op.mark,
      ...op.text('storage'),
      ...op.global('torch', 'FloatStorage'),
      ...op.text(key),
      ...op.text('cpu'),
    ],
    ...[...op.int(items), ...op.tuple, ...op.persist],
    ...[...op.int(offset), ...ints(...size), ...ints(...stride), ...op.no],
    ...[...op.global('collections', 'OrderedDict'), ...op.emptyTuple, ...op.reduce],
    ...[...op.tuple, ...op.reduce],
  ];
}
