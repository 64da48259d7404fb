import { AppError } from '../errors.ts';
import type { ByteBudget } from './byte-budget.ts';
import { elementCount } from './item-size.ts';

/** More axes than any tensor in use; numpy allows 64. */
export const MAX_RANK = 32;

/** Strides in elements of a C-ordered tensor (the last axis runs fastest). */
export function rowMajorStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis] as number;
  }
  return strides;
}

/** Strides in elements of a Fortran-ordered tensor (the first axis runs fastest). */
export const columnMajorStrides = (shape: readonly number[]): number[] =>
  rowMajorStrides([...shape].reverse()).reverse();

/** Copies `count` items that lie `step` apart from `from` on, side by side to `to` on; all counted in items. */
type CopyRun = (to: number, from: number, step: number, count: number) => void;

/** Views, because storages may lie at odd offsets of a file, where no typed array can; words, because moving float64 values could change the bits of integers that look like NaN. */
function runCopier(from: Uint8Array, to: Uint8Array, itemBytes: number): CopyRun {
  const source = new DataView(from.buffer, from.byteOffset, from.length);
  const target = new DataView(to.buffer, to.byteOffset, to.length);
  if (itemBytes === 1) {
    return (t, f, step, count) => {
      for (let i = 0, at = f; i < count; i++, at += step) target.setUint8(t + i, source.getUint8(at));
    };
  }
  if (itemBytes === 2) {
    return (t, f, step, count) => {
      for (let i = 0, at = f; i < count; i++, at += step) {
        target.setUint16(2 * (t + i), source.getUint16(2 * at));
      }
    };
  }
  const words = itemBytes / 4;
  return (t, f, step, count) => {
    for (let word = 0; word < words; word++) {
      for (let i = 0, at = f; i < count; i++, at += step) {
        target.setUint32(4 * (words * (t + i) + word), source.getUint32(4 * (words * at + word)));
      }
    }
  };
}

/** Bytes of a line of the processor's caches. */
const LINE_BYTES = 64;
/** Lines that are read by turns: few enough to stay in the nearest cache. */
const TILE_LINES = 16;

/** The axis but the last whose items lie nearest to each other; -1 where there is none, or none nearer than the last's. */
function nearestAxis(shape: readonly number[], strides: readonly number[]): number {
  let nearest = -1;
  let least = strides.at(-1) as number;
  for (let axis = 0; axis < shape.length - 1; axis++) {
    const stride = strides[axis] as number;
    if ((shape[axis] as number) > 1 && stride < least) [nearest, least] = [axis, stride];
  }
  return nearest;
}

interface Strided {
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
}

/**
 * Copies a strided tensor to C order in tiles of the last axis and the nearest one: item after item in the order of the result, every read of a
 * Fortran-ordered array would fetch a line of which it uses one item (128 MiB took 4 s so).
 */
function copyTiled(copy: CopyRun, itemBytes: number, { shape, strides, offset }: Strided): void {
  const rank = shape.length;
  const plain = rowMajorStrides(shape);
  const near = nearestAxis(shape, strides);
  const [inner, step] = [shape[rank - 1] as number, strides[rank - 1] as number];
  const [rows, rowStep, rowTo] =
    near < 0 ? [1, 0, 0] : [shape[near] as number, strides[near] as number, plain[near] as number];
  const tileRows = near < 0 ? 1 : LINE_BYTES / itemBytes;
  const tileItems = near < 0 ? inner : TILE_LINES;
  function copyPlane(to: number, from: number): void {
    for (let top = 0; top < rows; top += tileRows) {
      const bottom = Math.min(rows, top + tileRows);
      for (let left = 0; left < inner; left += tileItems) {
        const count = Math.min(tileItems, inner - left);
        for (let row = top; row < bottom; row++) {
          copy(to + row * rowTo + left, from + row * rowStep + left * step, step, count);
        }
      }
    }
  }
  const outer = shape.flatMap((_, axis) => (axis === near || axis === rank - 1 ? [] : [axis]));
  const index = new Array<number>(rank).fill(0);
  for (let to = 0, from = offset, at = 0; at >= 0; ) {
    copyPlane(to, from);
    // The odometer over all other axes.
    for (at = outer.length - 1; at >= 0; at--) {
      const axis = outer[at] as number;
      const next = (index[axis] as number) + 1;
      to += plain[axis] as number;
      from += strides[axis] as number;
      if (next < (shape[axis] as number)) {
        index[axis] = next;
        break;
      }
      to -= next * (plain[axis] as number);
      from -= next * (strides[axis] as number);
      index[axis] = 0;
    }
  }
}

/**
 * The C-ordered bytes of a strided tensor on `storage` (offset and strides in elements of `itemBytes` 1, 2, 4 or 8). A view
 * where the strides are C order already, else a gathered copy counted against `budget`. Throws file/malformed where it would
 * read outside the storage.
 */
export function gatherStrided(
  storage: Uint8Array,
  itemBytes: number,
  tensor: Strided,
  budget: ByteBudget,
  what: string,
): Uint8Array {
  const { shape, strides, offset } = tensor;
  const elements = elementCount(shape);
  if (elements === 0) return storage.subarray(0, 0);
  const last = shape.reduce((at, size, axis) => at + (size - 1) * (strides[axis] as number), offset);
  if (!Number.isSafeInteger(elements) || !((last + 1) * itemBytes <= storage.length)) {
    throw new AppError(
      'file/malformed',
      `${what} reaches outside its data: shape [${shape}], strides [${strides}], offset ${offset}, ${storage.length / itemBytes} elements stored.`,
    );
  }
  const plain = rowMajorStrides(shape);
  if (shape.every((size, axis) => size === 1 || strides[axis] === plain[axis])) {
    return storage.subarray(offset * itemBytes, (offset + elements) * itemBytes);
  }
  budget.reserve(elements * itemBytes, what);
  const out = new Uint8Array(elements * itemBytes);
  copyTiled(runCopier(storage, out, itemBytes), itemBytes, tensor);
  return out;
}
