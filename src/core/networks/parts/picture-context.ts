import type { Value } from '../../graph/graph-builder.ts';
import type { Layers } from '../../graph/layers.ts';
import { add, cast, relu, toBody } from '../../graph/ops.ts';
import type { StateView } from '../../weights/state-view.ts';

const PREFIX = 'context';

/** What makes one vector of the whole picture: its inner width. Null for weights without one, which see no further than their reach. */
export type Context = { readonly hidden: number } | null;

export const readContext = (view: StateView): Context =>
  view.has(`${PREFIX}.0.weight`) ? { hidden: view.side(`${PREFIX}.0.weight`, 0) } : null;

/**
 * `x` plus one vector [1,out,1,1] of the whole picture, made from `source`: conv3x3, ReLU, mean over all cells (in float32),
 * two 1x1 convolutions with a ReLU between (training/latentlift/models, Context). `x` itself without a context.
 */
export function addContext(layers: Layers, context: Context, x: Value, source: Value): Value {
  if (!context) return x;
  const { hidden } = context;
  const features = cast(layers, relu(layers, layers.conv(`${PREFIX}.0`, source, hidden)), 'f32');
  const mean = layers.node('GlobalAveragePool', [features], { dims: [1, hidden, 1, 1], type: 'f32' });
  const inner = relu(layers, layers.conv(`${PREFIX}.2`, toBody(layers, mean), hidden, { size: 1 }));
  return add(layers, x, layers.conv(`${PREFIX}.4`, inner, x.dims[1] as number, { size: 1 }));
}

/** GroupNorm of a pool: 4 groups, torch's default epsilon. */
const POOL_GROUPS = 4;
const EPSILON = 1e-5;

/**
 * `x` plus what its normalisation over the whole picture says of each cell: 1x1 to `times` its channels, GroupNorm, ReLU, 1x1
 * back (keys <name>.{0,1,3}; TAEF2's blocks, and training/latentlift/models, Pool).
 */
export function addPool(layers: Layers, name: string, x: Value, times: number): Value {
  const width = x.dims[1] as number;
  const plain = { size: 1, bias: false };
  const wide = layers.conv(`${name}.0`, x, times * width, plain);
  const normal = relu(layers, layers.groupNorm(`${name}.1`, wide, POOL_GROUPS, EPSILON));
  return add(layers, x, layers.conv(`${name}.3`, normal, width, plain));
}
