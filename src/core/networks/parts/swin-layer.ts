import type { Value } from '../../graph/graph-builder.ts';
import type { Layers } from '../../graph/layers.ts';
import { gather, split, transpose } from '../../graph/layout-ops.ts';
import { add, gelu, linear, matmul, reshape, softmax, transpose2d, weight } from '../../graph/ops.ts';
import type { Weight } from '../../weights/state-view.ts';
import { maskKinds, padHeadRows, relativePositionBias, shiftMasks } from './swin-windows.ts';

export interface SwinSizes {
  readonly embed: number;
  readonly heads: number;
  readonly window: number;
  readonly hidden: number;
}

/**
 * One Swin layer on tokens [cells, embed] that already stand in the layer's window order: pre-norm attention within windows
 * of window*window tokens, pre-norm MLP, both residual. `mask` is the shift mask of a shifted layer.
 */
export function swinLayer(
  layers: Layers,
  name: string,
  tokens: Value,
  sizes: SwinSizes,
  mask: Value | null,
): Value {
  const normed = layers.norm(`${name}.norm1`, tokens);
  const x = add(layers, tokens, attention(layers, `${name}.attn`, normed, sizes, mask));
  const { embed, hidden } = sizes;
  const inner = gelu(layers, layers.linear(`${name}.mlp.fc1`, layers.norm(`${name}.norm2`, x), hidden));
  return add(layers, x, layers.linear(`${name}.mlp.fc2`, inner, embed));
}

function attention(
  layers: Layers,
  name: string,
  x: Value,
  { embed, heads, window }: SwinSizes,
  mask: Value | null,
): Value {
  const tokens = window * window;
  const windows = (x.dims[0] as number) / tokens;
  const size = embed / heads;
  const padded = Math.ceil(size / 4) * 4;
  const qkv = projectHeads(layers, `${name}.qkv`, x, embed, heads, padded);
  // The columns are all heads of q, then of k, then of v; each head is a whole number of vectors of four.
  const [q, k, v] = split(layers, reshape(layers, qkv, [windows, tokens, 3 * heads, padded]), 2, [
    heads,
    heads,
    heads,
  ]) as [Value, Value, Value];
  const scores = matmul(layers, transpose(layers, q, [0, 2, 1, 3]), transpose(layers, k, [0, 2, 3, 1]));
  const table = layers.require(`${name}.relative_position_bias_table`, [(2 * window - 1) ** 2, heads]);
  let biased = add(
    layers,
    scores,
    layers.constant(table.name, [1, heads, tokens, tokens], () =>
      relativePositionBias(table.read(), window, heads),
    ),
  );
  if (mask) biased = add(layers, biased, mask);
  const mixed = transpose(
    layers,
    matmul(layers, softmax(layers, biased), transpose(layers, v, [0, 2, 1, 3])),
    [0, 2, 1, 3],
  );
  const flat = reshape(layers, mixed, [windows * tokens, heads * padded]);
  const proj = layers.require(`${name}.proj.weight`, [embed, embed]);
  const matrix = layers.constant(`${proj.name}.T`, [heads * padded, embed], () =>
    padHeadRows(transpose2d(proj.read(), embed, embed), embed, heads, size, padded),
  );
  return linear(layers, flat, matrix, weight(layers, layers.require(`${name}.proj.bias`, [embed])));
}

/** q, k and v at once: [cells, 3*heads*padded], the queries scaled by 1/sqrt(size), missing biases zero. */
function projectHeads(
  layers: Layers,
  name: string,
  x: Value,
  embed: number,
  heads: number,
  padded: number,
): Value {
  const size = embed / heads;
  const source = layers.require(`${name}.weight`, [3 * embed, embed]);
  const bias = layers.optional(`${name}.bias`, [3 * embed]);
  function rows(read: Weight, columns: number): Float32Array {
    const scaled = read.read().slice();
    for (let i = 0; i < embed * columns; i++) scaled[i] = (scaled[i] as number) / Math.sqrt(size);
    return padHeadRows(scaled, columns, 3 * heads, size, padded);
  }
  const out = 3 * heads * padded;
  const matrix = layers.constant(`${source.name}.T`, [embed, out], () =>
    transpose2d(rows(source, embed), out, embed),
  );
  return linear(layers, x, matrix, bias && layers.constant(bias.name, [out], () => rows(bias, 1)));
}

/** What shifted layers add to their scores: [windows, 1, T, T], picked from the four kinds, one for all layers. */
export function shiftMask(layers: Layers, window: number, rows: number, columns: number): Value {
  const tokens = window * window;
  const masks = layers.constant('shift masks', [4, 1, tokens, tokens], () => shiftMasks(window, window >> 1));
  return gather(layers, masks, 0, 'shift mask kinds', maskKinds(rows / window, columns / window));
}
