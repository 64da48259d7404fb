import type { StateView } from '../../weights/state-view.ts';
import type { GraphBuilder, Value } from '../graph-builder.ts';
import { add, cast, convWeight, groupNorm, relu, toBody } from '../ops.ts';

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

/** GroupNorm of a pool: 4 groups, torch's default epsilon. */
const POOL_GROUPS = 4;
const EPSILON = 1e-5;

/**
 * `x` plus what its normalisation over the whole picture says of each cell: 1x1 to `times` its channels, GroupNorm, ReLU, 1x1
 * back (keys <name>.{0,1,3}; TAEF2's blocks, and training/latentlift/models.py, Pool).
 */
export const addPool = (b: GraphBuilder, view: StateView, name: string, x: Value, times: number): Value => {
  const width = x.dims[1] ?? 0;
  const wide = convWeight(b, x, view.take(`${name}.0.weight`, [times * width, width, 1, 1]), null);
  const scale = view.take(`${name}.1.weight`, [times * width]);
  const bias = view.take(`${name}.1.bias`, [times * width]);
  const normal = relu(b, groupNorm(b, wide, POOL_GROUPS, scale, bias, EPSILON));
  return add(b, x, convWeight(b, normal, view.take(`${name}.3.weight`, [width, times * width, 1, 1]), null));
};
