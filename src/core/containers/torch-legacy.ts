import { ByteBudget, MAX_GROWN_BYTES } from '../container/byte-budget.ts';
import { BITS } from '../container/item-size.ts';
import { type Constant, type Pickled, Tuple } from '../container/pickled.ts';
import type { TensorFile } from '../container/tensor.ts';
import { createTorchHost, type TorchTensor, type TorchValue } from '../container/torch-host.ts';
import { torchFile } from '../container/torch-tensors.ts';
import { unpickleFirst } from '../container/unpickle.ts';
import { AppError } from '../errors.ts';
import type { Container } from './container.ts';

/** Protocol 2, then the magic number 0x1950a86a20f9469cfc6c as LONG1 (torch/serialization.py, MAGIC_NUMBER). */
const MAGIC = Uint8Array.of(0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19);

const PROTOCOL = 1001;

/** The pickles of the version and of the machine have 10 and about 100 bytes. */
const MAX_PREAMBLE_BYTES = 4096;

const malformed = (what: string): AppError =>
  new AppError(
    'file/malformed',
    `The file, from PyTorch before 1.6, is damaged: ${what}; download or save it again.`,
  );

/** The pickles that follow one another, each read once from where the last ended. */
class Pickles {
  readonly #bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  next(host = createTorchHost(), maxBytes?: number): Pickled<TorchValue> {
    const { value, end } = unpickleFirst(this.#bytes.subarray(this.at), host, maxBytes);
    this.at += end;
    return value;
  }
}

/** A storage as the pickle names it, by its key; every tensor on it must say the same. */
interface Storage {
  readonly items: number;
  readonly itemBytes: number;
}

/** torch.save's own names, and what storages they speak of. */
function recordingHost(storages: Map<string, Storage>): ReturnType<typeof createTorchHost> {
  const host = createTorchHost();
  return {
    ...host,
    persistent(id) {
      const storage = host.persistent(id);
      // The sixth place describes a storage that is part of another, as PyTorch 0.3 and older wrote it.
      if (id instanceof Tuple && (id.items[5] ?? null) !== null) {
        throw new AppError(
          'file/unsupported',
          'The file, from PyTorch before 0.4, holds storages that are parts of others; load it in PyTorch and save it again, best as safetensors.',
        );
      }
      if (isStorage(storage)) {
        const { key, items, dtype } = storage;
        const itemBytes = dtype === null ? 1 : BITS[dtype] / 8;
        const known = storages.get(key);
        if (known !== undefined && (known.items !== items || known.itemBytes !== itemBytes)) {
          throw malformed(`it describes storage "${key.slice(0, 40)}" in two ways`);
        }
        storages.set(key, { items, itemBytes });
      }
      return storage;
    },
  };
}

const isStorage = (value: Pickled<TorchValue>): value is TorchValue & { kind: 'storage' } =>
  typeof value === 'object' && value !== null && 'kind' in value && (value as Constant).kind === 'storage';

/** What a list of these keys can take: 3 bytes a letter at most, and some for the instructions around each. */
const mostKeyBytes = (storages: ReadonlyMap<string, Storage>): number =>
  [...storages.keys()].reduce((sum, key) => sum + 3 * key.length + 16, MAX_PREAMBLE_BYTES);

/** Where each storage's values lie: in the order of the keys, each a count of 8 bytes and then its elements. */
function spansOf(
  bytes: Uint8Array,
  begin: number,
  keys: Pickled<TorchValue>,
  storages: ReadonlyMap<string, Storage>,
): ReadonlyMap<string, Uint8Array> {
  if (!Array.isArray(keys)) throw malformed('its storages are not listed');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const spans = new Map<string, Uint8Array>();
  let at = begin;
  for (const key of keys) {
    const storage = typeof key === 'string' ? storages.get(key) : undefined;
    if (typeof key !== 'string' || storage === undefined || spans.has(key)) {
      throw malformed('it lists storages that no tensor has, or one twice');
    }
    const end = at + 8 + storage.items * storage.itemBytes;
    if (end > bytes.length) {
      throw new AppError(
        'file/truncated',
        `The file ends at byte ${bytes.length}, but its tensors reach to ${end}; download or copy it again.`,
      );
    }
    if (view.getBigUint64(at, true) !== BigInt(storage.items)) {
      throw malformed(`storage "${key.slice(0, 40)}" has another size than its tensors say`);
    }
    spans.set(key, bytes.subarray(at + 8, end));
    at = end;
  }
  return spans;
}

/**
 * A file that torch.save wrote before PyTorch 1.6, or since then with `_use_new_zipfile_serialization=False`: pickles of magic,
 * version, machine, value and storage keys, then the storages (torch/serialization.py, _legacy_save) -> what `readTorch`
 * gives, by the same rules: only torch's tensor names, nothing is run. Throws AppError file/*.
 */
export function readLegacyTorch(bytes: Uint8Array): TensorFile {
  const pickles = new Pickles(bytes);
  pickles.next(createTorchHost(), MAX_PREAMBLE_BYTES);
  const version = pickles.next(createTorchHost(), MAX_PREAMBLE_BYTES);
  const machine = pickles.next(createTorchHost(), MAX_PREAMBLE_BYTES);
  if (version !== PROTOCOL || !(machine instanceof Map)) throw malformed('its version is not 1001');
  if (machine.get('little_endian') !== true) {
    throw new AppError(
      'file/unsupported',
      'The file\'s byte order is not "little", the only one that is read. Save it again on a common machine, or as safetensors.',
    );
  }
  const storages = new Map<string, Storage>();
  const value = pickles.next(recordingHost(storages));
  const keys = pickles.next(createTorchHost(), mostKeyBytes(storages));
  const spans = spansOf(bytes, pickles.at, keys, storages);
  function storageOf({ key }: TorchTensor, name: string): Uint8Array {
    const span = spans.get(key);
    if (span === undefined) throw malformed(`tensor "${name.slice(0, 60)}" has no data in it`);
    return span;
  }
  return torchFile(value, storageOf, new ByteBudget(Math.max(MAX_GROWN_BYTES, bytes.length)));
}

/** PyTorch's form of before 1.6. Its tensors go by torch's conventions, so the file they make is one of kind "torch". */
export const torchLegacy: Container = {
  kind: 'torch-legacy',
  title: 'PyTorch before 1.6',
  listed: 'PyTorch before 1.6',
  extensions: ['pt', 'pth', 'ckpt', 'bin'],
  weightExtensions: ['pth', 'pt', 'ckpt'],
  trustsExtension: false,
  head: null,
  matches: ({ bytes }) => MAGIC.every((byte, i) => bytes[i] === byte),
  read: ({ bytes }) => readLegacyTorch(bytes),
};
