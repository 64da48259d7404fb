import { toFloat16 } from '../container/to-float16.ts';
import { AppError } from '../errors.ts';
import { encodeModel } from './encode-message.ts';
import { liveBytes } from './live-bytes.ts';
import { multiplyAdds } from './multiply-adds.ts';
import {
  ATTRIBUTE_TYPE,
  type AttributeMessage,
  EXTERNAL,
  type NodeMessage,
  TENSOR_TYPE,
  type TensorMessage,
  type ValueInfoMessage,
} from './onnx-schema.ts';

export type ElementType = 'f32' | 'f16' | 'i64';
export type Dims = readonly number[];

/** One edge of the graph: what a node makes, or a constant. Dims are always known. */
export interface Value {
  readonly name: string;
  readonly dims: Dims;
  readonly type: ElementType;
}

export interface BuiltGraph {
  readonly model: Uint8Array;
  /** Weights kept out of the protobuf, one path per tensor; may be views on the state dict's bytes. */
  readonly externalData: readonly { readonly path: string; readonly data: Uint8Array }[];
  readonly input: { readonly name: string; readonly dims: Dims };
  readonly output: { readonly name: string; readonly dims: Dims };
  readonly nodeCount: number;
  /** The largest single tensor between two nodes, in bytes. */
  readonly peakActivationBytes: number;
  /** Of one run: convolutions and matrix products (multiply-adds.ts). */
  readonly multiplyAdds: number;
}

export type Attributes = Readonly<
  Record<string, number | string | readonly number[] | { readonly f: number }>
>;

const ITEM_BYTES: Readonly<Record<ElementType, number>> = { f32: 4, f16: 2, i64: 8 };
/** Opset 20 is the first with Gelu and the last whose kernels all stand in the WebGPU provider (docs/facts/onnxruntime-web.md#graphs). */
const OPSET = 20;
const IR_VERSION = 9;
/** Above this, weights travel as external data, which the runtime uploads without copying them through its heap. */
const INLINE_LIMIT_BYTES = 32 * 2 ** 20;
/** Smaller constants stay inside: shape inference wants them, and a path costs more than it saves. */
const EXTERNAL_MIN_BYTES = 4096;

export const elements = (dims: Dims): number => dims.reduce((product, side) => product * side, 1);

export const describeDims = (dims: Dims): string => `[${dims.join(', ')}]`;

interface Constant extends Value {
  readonly read: () => Float32Array | BigInt64Array;
}

/**
 * Collects nodes and constants and writes them as one ONNX model with static shapes. Constants are lazy: their values are
 * read (converted, transposed, padded) only by `finish`, so that a dry build costs nothing and no weight is held twice.
 */
export class GraphBuilder {
  /** Element type of weights and activations between the float32 ends. */
  readonly body: 'f16' | 'f32';
  readonly #nodes: NodeMessage[] = [];
  readonly #constants = new Map<string, Constant>();
  readonly #tensorBytes = new Map<string, number>();
  #input: Value | undefined;
  #peakBytes = 0;
  #multiplyAdds = 0;

  constructor(body: 'f16' | 'f32') {
    this.body = body;
  }

  /** The graph's one input, float32. */
  input(name: string, dims: Dims): Value {
    this.#input = { name, dims, type: 'f32' };
    this.#measure(this.#input);
    return this.#input;
  }

  /** A float constant; the same name again gives the constant made first. `read` must give product(dims) values. */
  constant(name: string, dims: Dims, read: () => Float32Array, type: 'f16' | 'f32' = this.body): Value {
    return this.#addConstant({ name, dims, type, read });
  }

  /** An int64 constant for indices and shapes. */
  indices(name: string, dims: Dims, read: () => ArrayLike<number>): Value {
    return this.#addConstant({ name, dims, type: 'i64', read: () => BigInt64Array.from(toBigInts(read())) });
  }

  /** Appends a node with one output. Shapes are the caller's to compute and check: see the ops files. */
  node(
    op: string,
    inputs: readonly Value[],
    output: { readonly dims: Dims; readonly type: ElementType },
    attributes: Attributes = {},
  ): Value {
    return this.nodes(op, inputs, [output], attributes)[0] as Value;
  }

  /** Appends a node with several outputs. */
  nodes(
    op: string,
    inputs: readonly Value[],
    outputs: readonly { readonly dims: Dims; readonly type: ElementType }[],
    attributes: Attributes = {},
  ): readonly Value[] {
    const name = `${op}_${this.#nodes.length}`;
    const values = outputs.map(({ dims, type }, i) => ({
      name: outputs.length > 1 ? `${name}_${i}` : name,
      dims,
      type,
    }));
    for (const value of values) {
      if (!value.dims.every((side) => Number.isSafeInteger(side) && side > 0)) {
        throw new AppError('engine/build', `${op} would make a tensor of shape ${describeDims(value.dims)}.`);
      }
      this.#measure(value);
      this.#multiplyAdds += multiplyAdds(op, inputs, value);
    }
    this.#nodes.push({
      input: inputs.map((value) => value.name),
      output: values.map((value) => value.name),
      name,
      opType: op,
      attribute: Object.entries(attributes).map(([key, value]) => attributeMessage(key, value)),
    });
    return values;
  }

  /** Bytes of all constants; of the largest tensor between nodes; of all tensors alive at once when nodes run in order; and the work. */
  get sizes(): {
    readonly constantBytes: number;
    readonly multiplyAdds: number;
    readonly peakActivationBytes: number;
    readonly liveBytes: number;
  } {
    return {
      constantBytes: this.#constantBytes(),
      multiplyAdds: this.#multiplyAdds,
      peakActivationBytes: this.#peakBytes,
      liveBytes: liveBytes(this.#nodes, this.#input?.name ?? '', this.#tensorBytes),
    };
  }

  /**
   * Writes the model. `result` becomes the output `name`; it must be float32. Reads every constant once. Much weight goes
   * into external data unless it is asked to stay `inline`.
   */
  finish(result: Value, name: string, weights: 'auto' | 'inline' = 'auto'): BuiltGraph {
    const input = this.#input;
    const last = this.#nodes.at(-1);
    if (!input || !last?.output.includes(result.name) || result.type !== 'f32') {
      throw new AppError('engine/build', 'A graph needs an input and a float32 result of its last node.');
    }
    const nodes = [...this.#nodes.slice(0, -1), { ...last, output: [name] }];
    const externalData: { path: string; data: Uint8Array }[] = [];
    const isExternal = weights === 'auto' && this.#constantBytes() > INLINE_LIMIT_BYTES;
    const initializer = [...this.#constants.values()].map((constant): TensorMessage => {
      const data = constantBytes(constant);
      const message = { dims: constant.dims, dataType: TENSOR_TYPE[constant.type], name: constant.name };
      if (!isExternal || constant.type === 'i64' || data.length < EXTERNAL_MIN_BYTES) {
        return { ...message, rawData: data };
      }
      const path = `${externalData.length}.bin`;
      externalData.push({ path, data });
      return { ...message, externalData: [{ key: 'location', value: path }], dataLocation: EXTERNAL };
    });
    const model = encodeModel({
      irVersion: IR_VERSION,
      producerName: 'LatentLift',
      graph: {
        node: nodes,
        name: 'main',
        initializer,
        input: [valueInfo(input)],
        output: [valueInfo({ ...result, name })],
      },
      opsetImport: [{ domain: '', version: OPSET }],
    });
    return {
      model,
      externalData,
      input: { name: input.name, dims: input.dims },
      output: { name, dims: result.dims },
      nodeCount: nodes.length,
      peakActivationBytes: this.#peakBytes,
      multiplyAdds: this.#multiplyAdds,
    };
  }

  #addConstant(constant: Constant): Value {
    const before = this.#constants.get(constant.name);
    if (!before) {
      this.#constants.set(constant.name, constant);
      return constant;
    }
    if (before.type !== constant.type || describeDims(before.dims) !== describeDims(constant.dims)) {
      throw new AppError(
        'engine/build',
        `The constant ${constant.name} was made twice with different shapes.`,
      );
    }
    return before;
  }

  #constantBytes(): number {
    let total = 0;
    for (const { dims, type } of this.#constants.values()) total += elements(dims) * ITEM_BYTES[type];
    return total;
  }

  #measure(value: Value): void {
    const bytes = elements(value.dims) * ITEM_BYTES[value.type];
    this.#tensorBytes.set(value.name, bytes);
    this.#peakBytes = Math.max(this.#peakBytes, bytes);
  }
}

function* toBigInts(values: ArrayLike<number>): Generator<bigint> {
  for (let i = 0; i < values.length; i++) yield BigInt(values[i] as number);
}

function constantBytes(constant: Constant): Uint8Array {
  const values = constant.read();
  if (values.length !== elements(constant.dims)) {
    throw new AppError(
      'engine/build',
      `${constant.name} has ${values.length} values where ${describeDims(constant.dims)} needs ${elements(constant.dims)}.`,
    );
  }
  const stored = constant.type === 'f16' && values instanceof Float32Array ? toFloat16(values) : values;
  // Weights are finite when they come here: an infinity is one that float16 cannot hold.
  if (stored instanceof Uint16Array && stored.some((half) => (half & 0x7fff) === 0x7c00)) {
    throw new AppError(
      'model/mismatch',
      `${constant.name} holds values beyond 65504, which half precision cannot; run this model in float32.`,
      { detail: { tensor: constant.name } },
    );
  }
  return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
}

function attributeMessage(name: string, value: Attributes[string]): AttributeMessage {
  if (typeof value === 'number') return { name, i: value, type: ATTRIBUTE_TYPE.int };
  if (typeof value === 'string') {
    return { name, s: new TextEncoder().encode(value), type: ATTRIBUTE_TYPE.string };
  }
  if ('f' in value) return { name, f: value.f, type: ATTRIBUTE_TYPE.float };
  return { name, ints: value, type: ATTRIBUTE_TYPE.ints };
}

const valueInfo = ({ name, dims, type }: Value): ValueInfoMessage => ({
  name,
  type: {
    tensorType: { elemType: TENSOR_TYPE[type], shape: { dim: dims.map((dimValue) => ({ dimValue })) } },
  },
});
