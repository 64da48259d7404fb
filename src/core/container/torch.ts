import { AppError } from '../errors.ts';
import { ByteBudget, MAX_GROWN_BYTES } from './byte-budget.ts';
import { BITS } from './item-size.ts';
import { gatherStrided } from './strided.ts';
import type { FileTensor, TensorFile } from './tensor.ts';
import { createTorchHost, type TorchTensor, type TorchValue } from './torch-host.ts';
import { type Pickled, Tuple, unpickle } from './unpickle.ts';
import { memberBytes, readZip, type ZipMember } from './zip.ts';

/** Leaves of all dicts and lists together, counted with repeats: shared lists inside lists must not multiply without end. */
const MAX_LEAVES = 200_000;
const MAX_DEPTH = 32;
/** Names are made by joining keys; state dicts stay under 200 characters. */
const MAX_NAME_CHARS = 1000;
/** Of all names together: a long key over a long list would make a text for each item. */
const MAX_ALL_NAMES_CHARS = 20_000_000;

/** The first bytes of torch.save before 1.6: protocol 2, then the magic number 0x1950a86a20f9469cfc6c as LONG1. */
const LEGACY = Uint8Array.of(
  0x80,
  0x02,
  0x8a,
  0x0a,
  0x6c,
  0xfc,
  0x9c,
  0x46,
  0xf9,
  0x20,
  0x6a,
  0xa8,
  0x50,
  0x19,
);

/** True for a torch file from before PyTorch 1.6, which has no ZIP archive. */
export const isLegacyTorch = (bytes: Uint8Array): boolean => LEGACY.every((byte, i) => bytes[i] === byte);

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

/** The members under the archive's root folder, whatever its name ("archive/", the file's stem, or none). */
function findRoot(members: ReadonlyMap<string, ZipMember>): { root: string; pickle: ZipMember } {
  for (const [name, member] of members) {
    if (name === 'data.pkl' || (name.endsWith('/data.pkl') && name.indexOf('/') === name.length - 9)) {
      return { root: name.slice(0, -8), pickle: member };
    }
  }
  throw new AppError(
    'file/unknown-format',
    'The ZIP archive has no data.pkl, so torch.save did not write it; drop the .pt, .pth, .npz or .safetensors file itself.',
  );
}

function checkByteOrder(member: ZipMember | undefined, budget: ByteBudget): void {
  if (member === undefined) return;
  const order = new TextDecoder().decode(memberBytes(member, budget, 'no-crc').subarray(0, 16)).trim();
  if (order !== 'little') {
    throw new AppError(
      'file/unsupported',
      `The file's byte order is "${order}"; only "little" is read. Save it again on a common machine, or as safetensors.`,
    );
  }
}

/**
 * A `.pt`/`.pth`/`.ckpt` file (the ZIP form, PyTorch >= 1.6) -> its tensors, flattened by path, as views on the file wherever
 * they are contiguous (offset and stride are honoured; other strides are gathered, once however often a tensor is named). Plain values become metadata strings. The
 * pickle is read by a machine that knows torch's tensor names and refuses every other (file/unsafe). Storages are not checked
 * against their CRC, as PyTorch does not. Throws file/unknown-format, file/malformed, file/unsupported, file/too-large.
 */
export function readTorch(
  bytes: Uint8Array,
  directory: () => ReadonlyMap<string, ZipMember> | null = () => readZip(bytes),
): TensorFile {
  if (isLegacyTorch(bytes)) {
    throw new AppError(
      'file/unsupported',
      'The file is from PyTorch before 1.6 (no ZIP archive), which is not read; load it in PyTorch and save it again, best as safetensors.',
    );
  }
  const members = directory() ?? readZip(bytes);
  const { root, pickle } = findRoot(members);
  // Weights of a whole network may be saved channels-last: gathered copies may reach the size of the file.
  const budget = new ByteBudget(Math.max(MAX_GROWN_BYTES, bytes.length));
  checkByteOrder(members.get(`${root}byteorder`), budget);
  const value = unpickle(memberBytes(pickle, budget, 'no-crc'), createTorchHost());
  const storages = new Map<string, Uint8Array>();

  const storageOf = (tensor: TorchTensor, name: string): Uint8Array => {
    const known = storages.get(tensor.key);
    if (known !== undefined) return known;
    const member = members.get(`${root}data/${tensor.key}`);
    if (member === undefined) {
      throw new AppError(
        'file/truncated',
        `Tensor "${name}" has no data in the file; download or save the file again.`,
      );
    }
    const storage = memberBytes(member, budget, 'no-crc');
    storages.set(tensor.key, storage);
    return storage;
  };
  const gathered = new Map<TorchTensor, Uint8Array>();
  const dataOf = (tensor: TorchTensor, name: string): Uint8Array => {
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
  };

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
