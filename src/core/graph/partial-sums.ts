import type { Weight } from '../weights/state-view.ts';
import type { GraphBuilder, Value } from './graph-builder.ts';
import { split } from './layout-ops.ts';
import { add, type ConvShape, conv, weight } from './ops.ts';

/** [O,I,k,k] of the input channels `from` to `from + count`. */
function ofChannels(
  kernel: Float32Array,
  dims: readonly number[],
  from: number,
  count: number,
): Float32Array {
  const [out = 0, inner = 0, height = 0, width = 0] = dims;
  const taps = height * width;
  const result = new Float32Array(out * count * taps);
  for (let o = 0; o < out; o++) {
    const start = (o * inner + from) * taps;
    result.set(kernel.subarray(start, start + count * taps), o * count * taps);
  }
  return result;
}

/** `read` for several readers in a row: what it gave is kept for them, and let go with the last. */
function sharedBy(readers: number, read: () => Float32Array): () => Float32Array {
  let held: Float32Array | null = null;
  let left = readers;
  return () => {
    const values = held ?? read();
    left = left > 1 ? left - 1 : readers;
    held = left === readers ? null : values;
    return values;
  };
}

/**
 * A convolution as the sum of several, of at most `most` input channels each. onnxruntime-web 1.30 adds a convolution's products one after
 * the other in half precision, which loses a digit over a thousand of them: the shorter the sums, the less. In float32 it is one.
 */
export function convInSums(
  b: GraphBuilder,
  x: Value,
  kernel: Weight,
  bias: Weight | null,
  { most, ...shape }: ConvShape & { readonly most: number },
): Value {
  const [out = 0, inner = 0, ...sides] = kernel.dims;
  const pieces = b.body === 'f16' ? Math.ceil(inner / most) : 1;
  if (pieces === 1 || inner % pieces !== 0) {
    return conv(b, x, weight(b, kernel), bias && weight(b, bias), shape);
  }
  const each = inner / pieces;
  const values = sharedBy(pieces, () => kernel.read());
  return split(b, x, 1, Array<number>(pieces).fill(each))
    .map((part, i) => {
      const taps = b.constant(`${kernel.name} from ${i * each}`, [out, each, ...sides], () =>
        ofChannels(values(), kernel.dims, i * each, each),
      );
      return conv(b, part, taps, i === 0 ? bias && weight(b, bias) : null, shape);
    })
    .reduce((sum, next) => add(b, sum, next));
}
