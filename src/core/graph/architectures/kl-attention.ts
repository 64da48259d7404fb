import type { StateView, Weight } from '../../weights/state-view.ts';
import type { GraphBuilder, Value } from '../graph-builder.ts';
import { concat, split, toPicture, toTokens, transpose } from '../layout-ops.ts';
import { add, groupNorm, linearWeight, matmul, multiply, scalar, softmax } from '../ops.ts';
import type { KlAttention } from './kl-plan.ts';

/** Scores of all cells with all cells would be 1 GiB for 128 x 128 cells: queries go in portions of at most this many bytes. */
const SCORE_BYTES = 64 * 2 ** 20;

/** A square matrix that the original stores as a 1x1 convolution and diffusers as a linear layer. */
const square = (view: StateView, name: string, side: number): Weight => {
  const isConv = view.dims(`${name}.weight`).length === 4;
  const weight = view.take(`${name}.weight`, isConv ? [side, side, 1, 1] : [side, side]);
  return { ...weight, dims: [side, side] };
};

/** Sizes of at most `most`, as equal as they come, that sum to `total`. */
export const portions = (total: number, most: number): number[] => {
  const parts = Math.ceil(total / Math.max(1, most));
  return Array.from(
    { length: parts },
    (_, i) => Math.floor(((i + 1) * total) / parts) - Math.floor((i * total) / parts),
  );
};

/** Single-head attention of every cell with every cell, residual, on [1,C,H,W]. */
export const cellAttention = (
  b: GraphBuilder,
  view: StateView,
  names: KlAttention,
  x: Value,
  groups: number,
  epsilon: number,
): Value => {
  const [, side = 0, height = 0, width = 0] = x.dims;
  const cells = height * width;
  const norm = [view.take(`${names.norm}.weight`, [side]), view.take(`${names.norm}.bias`, [side])] as const;
  const tokens = toTokens(b, groupNorm(b, x, groups, ...norm, epsilon));
  const project = (name: string, from: Value): Value =>
    linearWeight(b, from, square(view, name, side), view.takeOptional(`${name}.bias`, [side]));

  const query = multiply(b, project(names.query, tokens), scalar(b, side ** -0.5));
  const key = transpose(b, project(names.key, tokens), [1, 0]);
  const value = project(names.value, tokens);
  const attend = (part: Value): Value => matmul(b, softmax(b, matmul(b, part, key)), value);
  const sizes = portions(cells, Math.floor(SCORE_BYTES / (4 * cells)));
  const mixed = sizes.length > 1 ? concat(b, split(b, query, 0, sizes).map(attend), 0) : attend(query);
  return add(b, x, toPicture(b, project(names.out, mixed), height, width));
};
