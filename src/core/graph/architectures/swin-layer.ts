import type { StateView, Weight } from '../../weights/state-view.ts';
import type { GraphBuilder, Value } from '../graph-builder.ts';
import { gather, split, transpose } from '../layout-ops.ts';
import {
  add,
  gelu,
  layerNorm,
  linear,
  linearWeight,
  matmul,
  reshape,
  softmax,
  transpose2d,
  weight,
} from '../ops.ts';
import { maskKinds, padHeadRows, relativePositionBias, shiftMasks } from './swin-windows.ts';

export interface SwinSizes {
  readonly embed: number;
  readonly heads: number;
  readonly window: number;
  readonly hidden: number;
}

/** LayerNorm over the channels of tokens. */
export const tokenNorm = (b: GraphBuilder, view: StateView, name: string, x: Value): Value => {
  const side = x.dims.at(-1) ?? 0;
  return layerNorm(b, x, view.take(`${name}.weight`, [side]), view.take(`${name}.bias`, [side]));
};

/**
 * One Swin layer on tokens [cells, embed] that already stand in the layer's window order: pre-norm attention within windows
 * of window*window tokens, pre-norm MLP, both residual. `mask` is the shift mask of a shifted layer.
 */
export const swinLayer = (
  b: GraphBuilder,
  view: StateView,
  name: string,
  tokens: Value,
  sizes: SwinSizes,
  mask: Value | null,
): Value => {
  const normed = tokenNorm(b, view, `${name}.norm1`, tokens);
  const attended = attention(b, view, `${name}.attn`, normed, sizes, mask);
  const x = add(b, tokens, attended);
  const { embed, hidden } = sizes;
  const dense = (layer: string, y: Value, out: number, inner: number): Value =>
    linearWeight(b, y, view.take(`${layer}.weight`, [out, inner]), view.take(`${layer}.bias`, [out]));
  const inner = gelu(b, dense(`${name}.mlp.fc1`, tokenNorm(b, view, `${name}.norm2`, x), hidden, embed));
  return add(b, x, dense(`${name}.mlp.fc2`, inner, embed, hidden));
};

const attention = (
  b: GraphBuilder,
  view: StateView,
  name: string,
  x: Value,
  { embed, heads, window }: SwinSizes,
  mask: Value | null,
): Value => {
  const tokens = window * window;
  const windows = (x.dims[0] ?? 0) / tokens;
  const size = embed / heads;
  const padded = Math.ceil(size / 4) * 4;
  const qkv = projectHeads(b, view, `${name}.qkv`, x, embed, heads, padded);
  // The columns are all heads of q, then of k, then of v; each head is a whole number of vectors of four.
  const [q, k, v] = split(b, reshape(b, qkv, [windows, tokens, 3 * heads, padded]), 2, [
    heads,
    heads,
    heads,
  ]) as [Value, Value, Value];
  const scores = matmul(b, transpose(b, q, [0, 2, 1, 3]), transpose(b, k, [0, 2, 3, 1]));
  const table = view.take(`${name}.relative_position_bias_table`, [(2 * window - 1) ** 2, heads]);
  let biased = add(
    b,
    scores,
    b.constant(table.name, [1, heads, tokens, tokens], () =>
      relativePositionBias(table.read(), window, heads),
    ),
  );
  if (mask) biased = add(b, biased, mask);
  const mixed = transpose(b, matmul(b, softmax(b, biased), transpose(b, v, [0, 2, 1, 3])), [0, 2, 1, 3]);
  const flat = reshape(b, mixed, [windows * tokens, heads * padded]);
  const proj = view.take(`${name}.proj.weight`, [embed, embed]);
  const matrix = b.constant(`${proj.name}.T`, [heads * padded, embed], () =>
    padHeadRows(transpose2d(proj.read(), embed, embed), embed, heads, size, padded),
  );
  return linear(b, flat, matrix, weight(b, view.take(`${name}.proj.bias`, [embed])));
};

/** q, k and v at once: [cells, 3*heads*padded], the queries scaled by 1/sqrt(size), missing biases zero. */
const projectHeads = (
  b: GraphBuilder,
  view: StateView,
  name: string,
  x: Value,
  embed: number,
  heads: number,
  padded: number,
): Value => {
  const size = embed / heads;
  const source = view.take(`${name}.weight`, [3 * embed, embed]);
  const bias = view.takeOptional(`${name}.bias`, [3 * embed]);
  const rows = (read: Weight, columns: number): Float32Array => {
    const scaled = read.read().slice();
    for (let i = 0; i < embed * columns; i++) scaled[i] = (scaled[i] ?? 0) / Math.sqrt(size);
    return padHeadRows(scaled, columns, 3 * heads, size, padded);
  };
  const out = 3 * heads * padded;
  const matrix = b.constant(`${source.name}.T`, [embed, out], () =>
    transpose2d(rows(source, embed), out, embed),
  );
  return linear(b, x, matrix, bias && b.constant(bias.name, [out], () => rows(bias, 1)));
};

/** What shifted layers add to their scores: [windows, 1, T, T], picked from the four kinds, one for all layers. */
export const shiftMask = (b: GraphBuilder, window: number, rows: number, columns: number): Value => {
  const tokens = window * window;
  const masks = b.constant('shift masks', [4, 1, tokens, tokens], () => shiftMasks(window, window >> 1));
  return gather(b, masks, 0, 'shift mask kinds', maskKinds(rows / window, columns / window));
};
