import { AppError } from '../errors.ts';
import type { Weight } from '../weights/state-view.ts';
import { type Dims, describeDims, type GraphBuilder, type Value } from './graph-builder.ts';

/** Refuses a shape at the line that built it. */
export function expectShape(isRight: boolean, op: string, ...values: readonly (Value | Dims)[]): void {
  if (isRight) return;
  const shapes = values.map((value) => describeDims('dims' in value ? value.dims : value));
  throw new AppError('engine/build', `${op} cannot take the shapes ${shapes.join(', ')}.`);
}

/** A weight as a constant of the graph's body type. */
export const weight = (b: GraphBuilder, source: Weight): Value =>
  b.constant(source.name, source.dims, () => source.read());

export const cast = (b: GraphBuilder, x: Value, to: 'f16' | 'f32'): Value =>
  x.type === to ? x : b.node('Cast', [x], { dims: x.dims, type: to }, { to: to === 'f16' ? 10 : 1 });

/** Casts to the type of weights and activations. */
export const toBody = (b: GraphBuilder, x: Value): Value => cast(b, x, b.body);

export interface ConvShape {
  readonly stride?: number;
  /** Of channels that are convolved among themselves: 1 unless told; as many as there are channels, and each stands alone. */
  readonly groups?: number;
  /** top, left, bottom, right; half the kernel on every side unless told. */
  readonly pads?: readonly [number, number, number, number];
}

/**
 * Whether onnxruntime-web 1.30 takes the input's channels by threes, which its WebGPU kernel gets wrong in Firefox: measured 95 to 130 % off
 * at 9 and 18 channels in half precision and no better in float32, and right at 3, at 1x1, and where either side is no such multiple.
 */
function isTakenByThrees({ dims: [out = 0, inner = 0, kh = 0, kw = 0] }: Value): boolean {
  return inner > 3 && inner % 3 === 0 && inner % 4 !== 0 && out % 4 === 0 && kh * kw > 1;
}

/** Channels of zeros behind those of [N,C,H,W], up to a multiple of four. */
function toFours(b: GraphBuilder, x: Value): Value {
  const [n = 0, channels = 0, height = 0, width = 0] = x.dims;
  const dims = [n, 4 - (channels % 4), height, width];
  const type = x.type === 'f16' ? 'f16' : 'f32';
  const count = dims.reduce((product, side) => product * side, 1);
  const zeros = b.constant(`zeros ${dims.join(' ')} ${type}`, dims, () => new Float32Array(count), type);
  const full = channels + (dims[1] as number);
  return b.node('Concat', [x, zeros], { dims: [n, full, height, width], type: x.type }, { axis: 1 });
}

/** 2-D convolution of [1,C,H,W] with [O,C,k,k] and an optional bias [O]. */
export function conv(
  b: GraphBuilder,
  x: Value,
  kernel: Value,
  bias: Value | null,
  shape: ConvShape = {},
): Value {
  if ((shape.groups ?? 1) === 1 && isTakenByThrees(kernel)) {
    return conv(b, toFours(b, x), toFours(b, kernel), bias, shape);
  }
  const { stride = 1, groups = 1, pads } = shape;
  const [n = 0, channels, height = 0, width = 0] = x.dims;
  const [out = 0, inner = 0, kh = 0, kw = 0] = kernel.dims;
  const isFour = x.dims.length === 4 && kernel.dims.length === 4;
  expectShape(isFour && inner * groups === channels && out % groups === 0, 'Conv', x, kernel);
  if (bias) expectShape(bias.dims.length === 1 && bias.dims[0] === out, 'Conv bias', kernel, bias);
  const [top, left, bottom, right] = pads ?? [kh >> 1, kw >> 1, kh >> 1, kw >> 1];
  const dims = [
    n,
    out,
    Math.floor((height + top + bottom - kh) / stride) + 1,
    Math.floor((width + left + right - kw) / stride) + 1,
  ];
  return b.node(
    'Conv',
    bias ? [x, kernel, bias] : [x, kernel],
    { dims, type: x.type },
    {
      kernel_shape: [kh, kw],
      pads: [top, left, bottom, right],
      strides: [stride, stride],
      ...(groups > 1 && { group: groups }),
    },
  );
}

/** A convolution straight from the state dict. */
export const convWeight = (
  b: GraphBuilder,
  x: Value,
  kernel: Weight,
  bias: Weight | null,
  shape?: ConvShape,
): Value => conv(b, x, weight(b, kernel), bias && weight(b, bias), shape);

/** x [..., K] times a constant [K, N], plus bias [N]. */
export function linear(b: GraphBuilder, x: Value, matrix: Value, bias: Value | null): Value {
  const [inner, out = 0] = matrix.dims;
  expectShape(matrix.dims.length === 2 && x.dims.at(-1) === inner, 'MatMul', x, matrix);
  const product = b.node('MatMul', [x, matrix], { dims: [...x.dims.slice(0, -1), out], type: x.type });
  return bias ? add(b, product, bias) : product;
}

/** A torch.nn.Linear (weight [N, K]) from the state dict; the transposition happens once, when the graph is written. */
export function linearWeight(b: GraphBuilder, x: Value, matrix: Weight, bias: Weight | null): Value {
  const [out = 0, inner = 0] = matrix.dims;
  const transposed = b.constant(`${matrix.name}.T`, [inner, out], () =>
    transpose2d(matrix.read(), out, inner),
  );
  return linear(b, x, transposed, bias && weight(b, bias));
}

/** [rows, columns] row-major to [columns, rows]. */
export function transpose2d(values: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) result[c * rows + r] = values[r * columns + c] as number;
  }
  return result;
}

/** Batched product of [..., M, K] and [..., K, N] with equal leading sides. */
export function matmul(b: GraphBuilder, x: Value, y: Value): Value {
  const isRight =
    x.dims.at(-1) === y.dims.at(-2) && x.dims.slice(0, -2).join() === y.dims.slice(0, -2).join();
  expectShape(isRight, 'MatMul', x, y);
  return b.node('MatMul', [x, y], { dims: [...x.dims.slice(0, -1), y.dims.at(-1) ?? 0], type: x.type });
}

function broadcast(op: string, x: Value, y: Value): Dims {
  const rank = Math.max(x.dims.length, y.dims.length);
  const side = (value: Value, i: number): number => value.dims[i - rank + value.dims.length] ?? 1;
  return Array.from({ length: rank }, (_, i) => {
    const [left, right] = [side(x, i), side(y, i)];
    expectShape(left === right || left === 1 || right === 1, op, x, y);
    return Math.max(left, right);
  });
}

export const add = (b: GraphBuilder, x: Value, y: Value): Value =>
  b.node('Add', [x, y], { dims: broadcast('Add', x, y), type: x.type });

export const multiply = (b: GraphBuilder, x: Value, y: Value): Value =>
  b.node('Mul', [x, y], { dims: broadcast('Mul', x, y), type: x.type });

export const subtract = (b: GraphBuilder, x: Value, y: Value): Value =>
  b.node('Sub', [x, y], { dims: broadcast('Sub', x, y), type: x.type });

export const divide = (b: GraphBuilder, x: Value, y: Value): Value =>
  b.node('Div', [x, y], { dims: broadcast('Div', x, y), type: x.type });

/** One number as a constant. */
export const scalar = (b: GraphBuilder, value: number): Value =>
  b.constant(`scalar ${value}`, [], () => Float32Array.of(value));

const unary =
  (op: string) =>
  (b: GraphBuilder, x: Value): Value =>
    b.node(op, [x], { dims: x.dims, type: x.type });

export const relu = unary('Relu');
/** The exact (erf) form, the default of torch.nn.GELU. */
export const gelu = unary('Gelu');
export const tanh = unary('Tanh');
export const sigmoid = unary('Sigmoid');
export const squareRoot = unary('Sqrt');

export const leakyRelu = (b: GraphBuilder, x: Value, slope: number): Value =>
  b.node('LeakyRelu', [x], { dims: x.dims, type: x.type }, { alpha: { f: slope } });

/** tanh(x/3)*3, with which TAESD-type decoders keep any latent inside (-3, 3). */
export const softClamp = (b: GraphBuilder, x: Value): Value =>
  multiply(b, tanh(b, multiply(b, x, scalar(b, 1 / 3))), scalar(b, 3));

/** Terms of which a float16 sum keeps what matters: a window's 64 cells. */
const FEW_TERMS = 64;

/** Softmax over the last axis; of many terms in float32, since a float16 sum of them loses digits. */
export function softmax(b: GraphBuilder, x: Value): Value {
  if ((x.dims.at(-1) ?? 0) <= FEW_TERMS) {
    return b.node('Softmax', [x], { dims: x.dims, type: x.type }, { axis: -1 });
  }
  const wide = cast(b, x, 'f32');
  return cast(
    b,
    b.node('Softmax', [wide], { dims: x.dims, type: 'f32' }, { axis: -1 }),
    x.type === 'f16' ? 'f16' : 'f32',
  );
}

/** LayerNorm over the last axis. The one real op: decomposed it overflows in float16 (onnxruntime #31626). */
export function layerNorm(b: GraphBuilder, x: Value, scale: Weight, bias: Weight, epsilon = 1e-5): Value {
  expectShape(scale.dims[0] === x.dims.at(-1), 'LayerNormalization', x, scale.dims);
  return b.node(
    'LayerNormalization',
    [x, weight(b, scale), weight(b, bias)],
    { dims: x.dims, type: x.type },
    { axis: -1, epsilon: { f: epsilon } },
  );
}

/**
 * GroupNorm of [1,C,H,W] as Reshape, InstanceNormalization, Reshape, Mul, Add: the runtime has no WebGPU kernel of
 * GroupNormalization. Statistics are float32 in either precision.
 */
export function groupNorm(
  b: GraphBuilder,
  x: Value,
  groups: number,
  scale: Weight,
  bias: Weight,
  epsilon: number,
): Value {
  const [n = 0, channels = 0, height = 0, width = 0] = x.dims;
  expectShape(x.dims.length === 4 && channels % groups === 0, `GroupNorm of ${groups} groups`, x);
  const ones = b.constant(`ones ${groups}`, [groups], () => new Float32Array(groups).fill(1), 'f32');
  const zeros = b.constant(`zeros ${groups}`, [groups], () => new Float32Array(groups), 'f32');
  const grouped = reshape(b, cast(b, x, 'f32'), [n, groups, (channels / groups) * height * width]);
  const normal = b.node(
    'InstanceNormalization',
    [grouped, ones, zeros],
    { dims: grouped.dims, type: 'f32' },
    { epsilon: { f: epsilon } },
  );
  const back = toBody(b, reshape(b, normal, x.dims));
  const perChannel = (source: Weight): Value =>
    b.constant(`${source.name} per channel`, [1, channels, 1, 1], () => source.read());
  return add(b, multiply(b, back, perChannel(scale)), perChannel(bias));
}

/** The same values under another shape of as many elements. */
export function reshape(b: GraphBuilder, x: Value, dims: Dims): Value {
  const count = (sides: Dims): number => sides.reduce((product, side) => product * side, 1);
  expectShape(count(dims) === count(x.dims), 'Reshape', x, dims);
  const shape = b.indices(`shape ${dims.join(' ')}`, [dims.length], () => dims);
  return b.node('Reshape', [x, shape], { dims, type: x.type });
}
