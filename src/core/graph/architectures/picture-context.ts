import type { StateView } from '../../weights/state-view.ts';
import type { GraphBuilder, Value } from '../graph-builder.ts';
import { add, cast, convWeight, relu, toBody } from '../ops.ts';

const PREFIX = 'context';

/** Whether the weights carry a context: the network then sees the whole picture. */
export const hasContext = (view: StateView): boolean => view.has(`${PREFIX}.0.weight`);

/**
 * `x` plus one vector [1,out,1,1] of the whole picture, made from `source`: conv3x3, ReLU, mean over all cells (in float32),
 * two 1x1 convolutions with a ReLU between (training/latentlift/models.py, Context). `x` itself for weights without one.
 */
export const addContext = (b: GraphBuilder, view: StateView, x: Value, source: Value): Value => {
  if (!hasContext(view)) return x;
  const hidden = view.side(`${PREFIX}.0.weight`, 0);
  const convolve = (index: number, y: Value, out: number, kernel: number): Value =>
    convWeight(
      b,
      y,
      view.take(`${PREFIX}.${index}.weight`, [out, y.dims[1] ?? 0, kernel, kernel]),
      view.take(`${PREFIX}.${index}.bias`, [out]),
    );
  const features = cast(b, relu(b, convolve(0, source, hidden, 3)), 'f32');
  const mean = b.node('GlobalAveragePool', [features], { dims: [1, hidden, 1, 1], type: 'f32' });
  const inner = relu(b, convolve(2, toBody(b, mean), hidden, 1));
  return add(b, x, convolve(4, inner, x.dims[1] ?? 0, 1));
};
