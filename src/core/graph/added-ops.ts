// Operations that no network of the page's own has: they come with the others, after the first load.
import type { GraphBuilder, Value } from './graph-builder.ts';
import { cast, divide, multiply, scalar, sigmoid, subtract } from './ops.ts';

export const silu = (b: GraphBuilder, x: Value): Value => multiply(b, x, sigmoid(b, x));

/**
 * x * tanh(softplus(x)), which has no kernel on WebGPU. With s = sigmoid(x) and a = s(2 - s) it is x * a / (2 - a): no power of e that
 * half precision could not hold, and no difference of nearly equal numbers.
 */
export function mish(b: GraphBuilder, x: Value): Value {
  const two = scalar(b, 2);
  const s = sigmoid(b, x);
  const a = multiply(b, s, subtract(b, two, s));
  return multiply(b, x, divide(b, a, subtract(b, two, a)));
}

/** Kept within [0, 1]. */
export const clampUnit = (b: GraphBuilder, x: Value): Value =>
  b.node(
    'Clip',
    [
      x,
      ...[0, 1].map((edge) =>
        b.constant(`edge ${edge}`, [], () => Float32Array.of(edge), x.type === 'f16' ? 'f16' : 'f32'),
      ),
    ],
    { dims: x.dims, type: x.type },
  );

/** The mean of all values of [1,C,H,W] as [1,1,1,1] float32, axis after axis: kernels run one sum on one thread group. */
export const meanOfAll = (b: GraphBuilder, x: Value): Value =>
  [3, 2, 1].reduce(
    (value, axis) =>
      b.node(
        'ReduceMean',
        [value, b.indices(`axis ${axis}`, [1], () => [axis])],
        { dims: value.dims.map((side, i) => (i === axis ? 1 : side)), type: 'f32' },
        { keepdims: 1 },
      ),
    cast(b, x, 'f32'),
  );
