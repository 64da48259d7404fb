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

/** Copies one item, by its place in elements on either side. Storages may lie at odd offsets of a file, where no typed array can. */
function itemCopier(from: Uint8Array, to: Uint8Array, itemBytes: number): (to: number, from: number) => void {
  const [source, target] = [from, to].map((b) => new DataView(b.buffer, b.byteOffset, b.length)) as [
    DataView,
    DataView,
  ];
  if (itemBytes === 1) return (t, f) => target.setUint8(t, source.getUint8(f));
  if (itemBytes === 2) return (t, f) => target.setUint16(2 * t, source.getUint16(2 * f));
  return (t, f) => target.setUint32(4 * t, source.getUint32(4 * f));
}

/**
 * The C-ordered bytes of a strided tensor on `storage` (offset and strides in elements of `itemBytes` 1, 2, 4 or 8). A view
 * where the strides are C order already, else a gathered copy counted against `budget`. Throws file/malformed where it would
 * read outside the storage.
 */
export function gatherStrided(
  storage: Uint8Array,
  itemBytes: number,
  tensor: { readonly shape: readonly number[]; readonly strides: readonly number[]; readonly offset: number },
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
  if (itemBytes === 8) {
    // Two 32-bit words an item: moving float64 values could change the bits of integers that look like NaN.
    const words = { shape: [...shape, 2], strides: [...strides.map((s) => 2 * s), 1], offset: 2 * offset };
    return gatherStrided(storage, 4, words, budget, what);
  }
  budget.reserve(elements * itemBytes, what);
  const out = new Uint8Array(elements * itemBytes);
  const copy = itemCopier(storage, out, itemBytes);
  const rank = shape.length;
  const inner = shape[rank - 1] as number;
  const step = strides[rank - 1] as number;
  const index = new Array<number>(rank).fill(0);
  for (let filled = 0, row = offset; filled < elements; ) {
    for (let i = 0, at = row; i < inner; i++, at += step) copy(filled++, at);
    // The odometer over all axes but the last.
    for (let axis = rank - 2; axis >= 0; axis--) {
      const next = (index[axis] as number) + 1;
      row += strides[axis] as number;
      if (next < (shape[axis] as number)) {
        index[axis] = next;
        break;
      }
      row -= next * (strides[axis] as number);
      index[axis] = 0;
    }
  }
  return out;
}
