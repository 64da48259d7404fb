import { AppError } from '../errors.ts';
import type { ByteBudget } from './byte-budget.ts';
import { BITS } from './item-size.ts';
import { type Pickled, Tuple } from './pickled.ts';
import { gatherStrided } from './strided.ts';
import type { FileTensor, TensorFile } from './tensor.ts';
import type { TorchTensor, TorchValue } from './torch-host.ts';

/** Leaves of all dicts and lists together, counted with repeats: shared lists inside lists must not multiply without end. */
const MAX_LEAVES = 200_000;
const MAX_DEPTH = 32;
/** Names are made by joining keys; state dicts stay under 200 characters. */
const MAX_NAME_CHARS = 1000;
/** Of all names together: a long key over a long list would make a text for each item. */
const MAX_ALL_NAMES_CHARS = 20_000_000;

type Leaf = { readonly name: string; readonly value: Pickled<TorchValue> };

/** Every tensor and plain value under `root`, named by its path ("params_ema.conv_first.weight"); the root itself is "". */
function* leavesOf(root: Pickled<TorchValue>): Generator<Leaf> {
  let seen = 0;
  let chars = 0;
  function* walk(value: Pickled<TorchValue>, name: string, depth: number): Generator<Leaf> {
    seen++;
    chars += name.length;
    const isLong = name.length > MAX_NAME_CHARS || chars > MAX_ALL_NAMES_CHARS;
    if (seen > MAX_LEAVES || depth > MAX_DEPTH || isLong) {
      throw new AppError(
        'file/too-large',
        `The file nests or repeats its values past ${MAX_LEAVES} entries, ${MAX_DEPTH} levels or ${MAX_NAME_CHARS} characters of a name (${MAX_ALL_NAMES_CHARS} of all names); save the tensors alone, best as safetensors.`,
      );
    }
    const under = (key: string): string => (name === '' ? key : `${name}.${key}`);
    if (value instanceof Map) {
      for (const [key, item] of value) {
        if (key !== null && typeof key === 'object') {
          throw new AppError(
            'file/unsupported',
            'A dict of the file has a key that is no string or number; save a plain state dict.',
          );
        }
        yield* walk(item, under(String(key)), depth + 1);
      }
    } else if (Array.isArray(value) || value instanceof Tuple) {
      for (const [i, item] of (Array.isArray(value) ? value : value.items).entries()) {
        yield* walk(item, under(String(i)), depth + 1);
      }
    } else {
      yield { name, value };
    }
  }
  yield* walk(root, '', 0);
}

/**
 * What a torch pickle came to, as its tensors, flattened by path: views on their storages wherever they are contiguous (offset
 * and stride are honoured; other strides are gathered, once however often a tensor is named). Plain values become metadata
 * strings. `storageOf` gives a storage's bytes, for a tensor named in its errors. Throws file/malformed, file/too-large, file/unsupported.
 */
export function torchFile(
  value: Pickled<TorchValue>,
  storageOf: (tensor: TorchTensor, name: string) => Uint8Array,
  budget: ByteBudget,
): TensorFile {
  const gathered = new Map<TorchTensor, Uint8Array>();
  function dataOf(tensor: TorchTensor, name: string): Uint8Array {
    const known = gathered.get(tensor);
    if (known !== undefined) return known;
    const itemBytes = BITS[tensor.dtype] / 8;
    const storage = storageOf(tensor, name);
    const claimed = tensor.storageItems * (tensor.isUntyped ? 1 : itemBytes);
    if (storage.length !== claimed) {
      throw new AppError(
        'file/malformed',
        `The data of tensor "${name}" has ${storage.length} bytes where its description says ${claimed}; download or save the file again.`,
      );
    }
    const data = gatherStrided(storage, itemBytes, tensor, budget, `Tensor "${name}"`);
    gathered.set(tensor, data);
    return data;
  }

  const tensors = new Map<string, FileTensor>();
  const metadata: [string, string][] = [];
  for (const leaf of leavesOf(value)) {
    const { name, value: item } = leaf;
    if (typeof item !== 'object') {
      metadata.push([name, String(item)]);
    } else if (item !== null && 'kind' in item && item.kind === 'tensor') {
      if (tensors.has(name)) {
        throw new AppError(
          'file/malformed',
          `Two tensors of the file share the path "${name}"; save it with other keys.`,
        );
      }
      tensors.set(name, { name, dtype: item.dtype, shape: item.shape, bytes: dataOf(item, name) });
    }
  }
  return { container: 'torch', tensors, metadata: Object.fromEntries(metadata) };
}
