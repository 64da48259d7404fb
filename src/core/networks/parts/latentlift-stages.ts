import type { Family } from '../../families/family.ts';
import { type FamilyId, familiesOf } from '../../families/index.ts';
import type { Value } from '../../graph/graph-builder.ts';
import type { Layers } from '../../graph/layers.ts';
import { add, relu } from '../../graph/ops.ts';
import type { StateView } from '../../weights/state-view.ts';
import { addPool } from './picture-context.ts';

/** The blocks of one resolution of our own autoencoder (training/latentlift/models). */
export interface Stage {
  readonly width: number;
  readonly blocks: readonly { readonly hidden: number; readonly isPooled: boolean }[];
}

/** Pools are read for encoders only: a decoder's reach and seam leave no room for them, so there they stay unexpected. */
export const readStages = (view: StateView, role: 'encoder' | 'decoder'): Stage[] =>
  Array.from({ length: view.count('stages.') }, (_, s) => ({
    width: view.side(`stages.${s}.blocks.0.conv1.weight`, 1),
    blocks: Array.from({ length: view.count(`stages.${s}.blocks.`) }, (_block, i) => ({
      hidden: view.side(`stages.${s}.blocks.${i}.conv1.weight`, 0),
      isPooled: role === 'encoder' && view.has(`stages.${s}.blocks.${i}.pool.0.weight`),
    })),
  }));

/** Residual blocks x + conv2(relu(conv1(x))), where a pooled one first adds its pool to x. */
export function stageBlocks(layers: Layers, stage: Stage, s: number, input: Value): Value {
  let x = input;
  for (const [i, { hidden, isPooled }] of stage.blocks.entries()) {
    const name = `stages.${s}.blocks.${i}`;
    if (isPooled) x = addPool(layers, `${name}.pool`, x, 2);
    const inner = relu(layers, layers.conv(`${name}.conv1`, x, hidden));
    x = add(layers, x, layers.conv(`${name}.conv2`, inner, stage.width));
  }
  return x;
}

/** The families that have models of our own, with this many channels. */
export const ownFamilies = (channels: number): readonly Family<FamilyId>[] =>
  familiesOf(channels).filter(({ autoencoders }) => autoencoders.latentlift);

/** The names of either half under its prefix. */
export const ownsStages = (name: string): boolean => /^(context|conv_in|conv_out|stages)\./.test(name);
