import { AppError } from '../errors.ts';
import { type Charge, COST, type Constant, type Pickled, type PickleHost, Tuple } from './pickled.ts';
import { MAX_RANK } from './strided.ts';
import type { DType } from './tensor.ts';

/** The names that a file of plain tensors uses, each mapped to a constant; nothing is ever looked up or called by name. */
export type TorchValue =
  | (Constant & { readonly kind: 'function'; readonly name: FunctionName })
  | (Constant & { readonly kind: 'storage-type'; readonly dtype: DType | null })
  | (Constant & { readonly kind: 'dtype'; readonly dtype: DType })
  | (Constant & {
      readonly kind: 'storage';
      readonly dtype: DType | null;
      readonly key: string;
      readonly items: number;
    })
  | TorchTensor;

type FunctionName = 'OrderedDict' | 'Size' | 'rebuild-v2' | 'rebuild-v3' | 'rebuild-parameter' | 'Parameter';

/** A tensor as the pickle describes it: sizes, strides and offset in elements of the storage `data/<key>`. */
export interface TorchTensor extends Constant {
  readonly kind: 'tensor';
  readonly dtype: DType;
  readonly key: string;
  /** Bytes of the storage where it is untyped, else elements. */
  readonly storageItems: number;
  readonly isUntyped: boolean;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
}

type Value = Pickled<TorchValue>;

const FUNCTIONS: ReadonlyMap<string, FunctionName> = new Map([
  ['collections.OrderedDict', 'OrderedDict'],
  ['torch.Size', 'Size'],
  // PyTorch before 0.4; without what v2 has after the strides.
  ['torch._utils._rebuild_tensor', 'rebuild-v2'],
  ['torch._utils._rebuild_tensor_v2', 'rebuild-v2'],
  ['torch._utils._rebuild_tensor_v3', 'rebuild-v3'],
  ['torch._utils._rebuild_parameter', 'rebuild-parameter'],
  ['torch.nn.parameter.Parameter', 'Parameter'],
]);

const STORAGES: ReadonlyMap<string, DType | null> = new Map([
  ['torch.DoubleStorage', 'F64'],
  ['torch.FloatStorage', 'F32'],
  ['torch.HalfStorage', 'F16'],
  ['torch.BFloat16Storage', 'BF16'],
  ['torch.LongStorage', 'I64'],
  ['torch.IntStorage', 'I32'],
  ['torch.ShortStorage', 'I16'],
  ['torch.CharStorage', 'I8'],
  ['torch.ByteStorage', 'U8'],
  ['torch.BoolStorage', 'BOOL'],
  ['torch.storage.UntypedStorage', null],
]);

const DTYPES: ReadonlyMap<string, DType> = new Map([
  ['torch.float64', 'F64'],
  ['torch.float32', 'F32'],
  ['torch.float16', 'F16'],
  ['torch.bfloat16', 'BF16'],
  ['torch.int64', 'I64'],
  ['torch.int32', 'I32'],
  ['torch.int16', 'I16'],
  ['torch.int8', 'I8'],
  ['torch.uint8', 'U8'],
  ['torch.uint16', 'U16'],
  ['torch.uint32', 'U32'],
  ['torch.uint64', 'U64'],
  ['torch.bool', 'BOOL'],
  ['torch.float8_e4m3fn', 'F8_E4M3'],
  ['torch.float8_e5m2', 'F8_E5M2'],
  ['torch.float8_e4m3fnuz', 'F8_E4M3FNUZ'],
  ['torch.float8_e5m2fnuz', 'F8_E5M2FNUZ'],
  ['torch.float8_e8m0fnu', 'F8_E8M0'],
]);

const malformed = (what: string): AppError =>
  new AppError('file/malformed', `The file's pickle describes ${what}; download or save the file again.`);

const isKind = <K extends TorchValue['kind']>(
  value: Value | undefined,
  kind: K,
): value is TorchValue & { kind: K } =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;

function wholeNumbers(value: Value | undefined, what: string): readonly number[] {
  const items = value instanceof Tuple ? value.items : [];
  // Before the numbers are looked at: many tensors may share one long tuple.
  if (items.length > MAX_RANK) throw malformed(`a tensor of ${items.length} axes (at most ${MAX_RANK})`);
  if (!(value instanceof Tuple) || !items.every((n) => Number.isSafeInteger(n) && (n as number) >= 0)) {
    throw malformed(`a tensor whose ${what} is no tuple of whole numbers`);
  }
  return items as readonly number[];
}

/** `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks[, metadata])`; v3 adds the dtype after the hooks. */
function rebuild(args: readonly Value[], dtypeOf: (storage: DType | null) => DType | null): TorchTensor {
  const [storage, offset, size, stride] = args;
  if (!isKind(storage, 'storage')) throw malformed('a tensor without a storage');
  const dtype = dtypeOf(storage.dtype);
  if (dtype === null) throw malformed('a tensor without an element kind');
  const shape = wholeNumbers(size, 'size');
  const strides = wholeNumbers(stride, 'stride');
  if (!Number.isSafeInteger(offset) || (offset as number) < 0 || shape.length !== strides.length) {
    throw malformed('a tensor whose offset or strides make no sense');
  }
  return {
    kind: 'tensor',
    dtype,
    key: storage.key,
    storageItems: storage.items,
    isUntyped: storage.dtype === null,
    shape,
    strides,
    offset: offset as number,
  };
}

/** Each list of pairs makes one dict at most, as in files that torch writes: copies are how a small file grows large. */
function orderedDict(args: readonly Value[], taken: Set<Value>, charge: Charge): Value {
  const dict = new Map<Value, Value>();
  const [pairs] = args;
  if (pairs === undefined) return dict;
  if (!Array.isArray(pairs)) throw malformed('an OrderedDict of something that is no list');
  if (taken.has(pairs)) throw malformed('two OrderedDicts made of one list');
  taken.add(pairs);
  charge(COST.pair * pairs.length);
  for (const pair of pairs) {
    const [key, value] = pair instanceof Tuple ? pair.items : Array.isArray(pair) ? pair : [];
    if (key === undefined || value === undefined) {
      throw malformed('an OrderedDict of something that is no pair');
    }
    dict.set(key, value);
  }
  return dict;
}

function call(name: FunctionName, args: readonly Value[], taken: Set<Value>, charge: Charge): Value {
  switch (name) {
    case 'OrderedDict':
      return orderedDict(args, taken, charge);
    case 'Size': {
      const [sizes] = args;
      return sizes instanceof Tuple ? sizes : new Tuple(Array.isArray(sizes) ? sizes : []);
    }
    case 'rebuild-v2':
      return rebuild(args, (dtype) => dtype);
    case 'rebuild-v3': {
      const dtype = args[6];
      return rebuild(args, () => (isKind(dtype, 'dtype') ? dtype.dtype : null));
    }
    case 'rebuild-parameter':
    case 'Parameter': {
      const [tensor] = args;
      if (!isKind(tensor, 'tensor')) throw malformed('a parameter without a tensor');
      return tensor;
    }
  }
}

/** The meaning of torch.save's names (torch/_weights_only_unpickler.py lists them). Throws file/unsafe for every other name. One host reads one file. */
export const createTorchHost = (taken = new Set<Value>()): PickleHost<TorchValue> => ({
  global(module, name) {
    const path = `${module}.${name}`;
    const fn = FUNCTIONS.get(path);
    if (fn !== undefined) return { kind: 'function', name: fn };
    const storage = STORAGES.get(path);
    if (storage !== undefined) return { kind: 'storage-type', dtype: storage };
    const dtype = DTYPES.get(path);
    if (dtype !== undefined) return { kind: 'dtype', dtype };
    throw new AppError(
      'file/unsafe',
      `The file's pickle names "${path.slice(0, 80)}", which plain tensors never need, so it was not run; save only tensors (a state dict), best as safetensors.`,
      { detail: { name: path.slice(0, 80) } },
    );
  },
  persistent(id) {
    const [tag, type, key, , items] = id instanceof Tuple ? id.items : [];
    if (tag !== 'storage' || !isKind(type, 'storage-type') || typeof key !== 'string') {
      throw malformed('a storage that is none');
    }
    if (!Number.isSafeInteger(items) || (items as number) < 0) throw malformed('a storage without a size');
    return { kind: 'storage', dtype: type.dtype, key, items: items as number };
  },
  reduce(callable, args, charge) {
    if (!isKind(callable, 'function')) throw malformed('a call of something that is no known function');
    return call(callable.name, args, taken, charge);
  },
});
