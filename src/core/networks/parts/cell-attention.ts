import type { Value } from '../../graph/graph-builder.ts';
import type { Layers } from '../../graph/layers.ts';
import { concat, split, toPicture, toTokens, transpose } from '../../graph/layout-ops.ts';
import { add, matmul, multiply, scalar, softmax } from '../../graph/ops.ts';
import type { StateView } from '../../weights/state-view.ts';

/** Scores of all cells with all cells would be 1 GiB for 128 x 128 cells: queries go in portions of at most this many bytes. */
const SCORE_BYTES = 64 * 2 ** 20;

/** A square matrix, which some files store as a 1x1 convolution and others as a linear layer. */
interface Projection {
  readonly name: string;
  readonly isConv: boolean;
}

export interface AttentionKeys {
  readonly norm: string;
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly out: string;
}

/** Attention with the keys that its file has for it. */
export interface CellAttention {
  readonly norm: string;
  readonly query: Projection;
  readonly key: Projection;
  readonly value: Projection;
  readonly out: Projection;
}

export function readCellAttention(view: StateView, { norm, ...keys }: AttentionKeys): CellAttention {
  const projection = (name: string): Projection => ({
    name,
    isConv: view.dims(`${name}.weight`).length === 4,
  });
  return {
    norm,
    query: projection(keys.query),
    key: projection(keys.key),
    value: projection(keys.value),
    out: projection(keys.out),
  };
}

/** Sizes of at most `most`, as equal as they come, that sum to `total`. */
export function portions(total: number, most: number): number[] {
  const parts = Math.ceil(total / Math.max(1, most));
  return Array.from(
    { length: parts },
    (_, i) => Math.floor(((i + 1) * total) / parts) - Math.floor((i * total) / parts),
  );
}

/** Single-head attention of every cell with every cell, after a GroupNorm, residual, on [1,C,H,W]. */
export function cellAttention(
  layers: Layers,
  { norm, ...projections }: CellAttention,
  x: Value,
  groups: number,
  epsilon: number,
): Value {
  const [, side = 0, height = 0, width = 0] = x.dims;
  const cells = height * width;
  const tokens = toTokens(layers, layers.groupNorm(norm, x, groups, epsilon));
  const project = ({ name, isConv }: Projection, from: Value): Value =>
    layers.linear(name, from, side, { isConv, bias: 'optional' });

  const query = multiply(layers, project(projections.query, tokens), scalar(layers, side ** -0.5));
  const key = transpose(layers, project(projections.key, tokens), [1, 0]);
  const value = project(projections.value, tokens);
  const attend = (part: Value): Value => matmul(layers, softmax(layers, matmul(layers, part, key)), value);
  const sizes = portions(cells, Math.floor(SCORE_BYTES / (4 * cells)));
  const mixed =
    sizes.length > 1 ? concat(layers, split(layers, query, 0, sizes).map(attend), 0) : attend(query);
  return add(layers, x, toPicture(layers, project(projections.out, mixed), height, width));
}
