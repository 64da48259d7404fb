/**
 * The part of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto) that a feed-forward graph needs, as data:
 * field numbers and wire kinds here, the matching TypeScript shapes below. `encodeMessage` reads the table.
 */
export type WireKind = 'int' | 'float' | 'string' | 'bytes' | MessageSchema;

export interface FieldSchema {
  readonly tag: number;
  readonly kind: WireKind;
  readonly repeated?: true;
}

export interface MessageSchema {
  readonly [field: string]: FieldSchema;
}

const operatorSetId: MessageSchema = {
  domain: { tag: 1, kind: 'string' },
  version: { tag: 2, kind: 'int' },
};

const stringEntry: MessageSchema = {
  key: { tag: 1, kind: 'string' },
  value: { tag: 2, kind: 'string' },
};

const tensor: MessageSchema = {
  dims: { tag: 1, kind: 'int', repeated: true },
  dataType: { tag: 2, kind: 'int' },
  name: { tag: 8, kind: 'string' },
  rawData: { tag: 9, kind: 'bytes' },
  externalData: { tag: 13, kind: stringEntry, repeated: true },
  dataLocation: { tag: 14, kind: 'int' },
};

const dimension: MessageSchema = { dimValue: { tag: 1, kind: 'int' } };
const tensorShape: MessageSchema = { dim: { tag: 1, kind: dimension, repeated: true } };
const tensorType: MessageSchema = {
  elemType: { tag: 1, kind: 'int' },
  shape: { tag: 2, kind: tensorShape },
};
const type: MessageSchema = { tensorType: { tag: 1, kind: tensorType } };
const valueInfo: MessageSchema = {
  name: { tag: 1, kind: 'string' },
  type: { tag: 2, kind: type },
};

const attribute: MessageSchema = {
  name: { tag: 1, kind: 'string' },
  f: { tag: 2, kind: 'float' },
  i: { tag: 3, kind: 'int' },
  s: { tag: 4, kind: 'bytes' },
  ints: { tag: 8, kind: 'int', repeated: true },
  type: { tag: 20, kind: 'int' },
};

const node: MessageSchema = {
  input: { tag: 1, kind: 'string', repeated: true },
  output: { tag: 2, kind: 'string', repeated: true },
  name: { tag: 3, kind: 'string' },
  opType: { tag: 4, kind: 'string' },
  attribute: { tag: 5, kind: attribute, repeated: true },
  domain: { tag: 7, kind: 'string' },
};

const graph: MessageSchema = {
  node: { tag: 1, kind: node, repeated: true },
  name: { tag: 2, kind: 'string' },
  initializer: { tag: 5, kind: tensor, repeated: true },
  input: { tag: 11, kind: valueInfo, repeated: true },
  output: { tag: 12, kind: valueInfo, repeated: true },
};

export const modelSchema: MessageSchema = {
  irVersion: { tag: 1, kind: 'int' },
  producerName: { tag: 2, kind: 'string' },
  graph: { tag: 7, kind: graph },
  opsetImport: { tag: 8, kind: operatorSetId, repeated: true },
};

/** TensorProto.DataType */
export const TENSOR_TYPE = { f32: 1, i64: 7, f16: 10 } as const;
/** AttributeProto.AttributeType */
export const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, ints: 7 } as const;
/** TensorProto.DataLocation */
export const EXTERNAL = 1;

export type TensorMessage = {
  readonly dims: readonly number[];
  readonly dataType: number;
  readonly name: string;
  readonly rawData?: Uint8Array;
  readonly externalData?: readonly { readonly key: string; readonly value: string }[];
  readonly dataLocation?: number;
};

export type ValueInfoMessage = {
  readonly name: string;
  readonly type: {
    readonly tensorType: {
      readonly elemType: number;
      readonly shape: { readonly dim: readonly { readonly dimValue: number }[] };
    };
  };
};

export type AttributeMessage = {
  readonly name: string;
  readonly type: number;
  readonly f?: number;
  readonly i?: number;
  readonly s?: Uint8Array;
  readonly ints?: readonly number[];
};

export type NodeMessage = {
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly name: string;
  readonly opType: string;
  readonly attribute: readonly AttributeMessage[];
  readonly domain?: string;
};

export type ModelMessage = {
  readonly irVersion: number;
  readonly producerName: string;
  readonly graph: {
    readonly node: readonly NodeMessage[];
    readonly name: string;
    readonly initializer: readonly TensorMessage[];
    readonly input: readonly ValueInfoMessage[];
    readonly output: readonly ValueInfoMessage[];
  };
  readonly opsetImport: readonly { readonly domain: string; readonly version: number }[];
};
