import type { StateView } from '../../weights/state-view.ts';
import { type CellAttention, readCellAttention } from './cell-attention.ts';

/** The keys of one residual block, and the channels it gives. */
export interface KlBlock {
  readonly name: string;
  readonly out: number;
}

export interface KlLevel {
  readonly blocks: readonly KlBlock[];
  /** The convolution that changes the resolution after the blocks; none at the last level. */
  readonly resample: string | null;
}

/** One half of an AutoencoderKL in running order, under the key names of its file. */
export interface KlPlan {
  readonly convIn: string;
  readonly levels: readonly KlLevel[];
  readonly middle: readonly [KlBlock, CellAttention | null, KlBlock];
  readonly shortcut: string;
  readonly normOut: string;
  readonly convOut: string;
  /** The 1x1 convolution between network and latent, where the file has one. */
  readonly quant: string | null;
  /** Channels of the latent. */
  readonly channels: number;
  readonly pixelsPerCell: number;
}

export type KlRole = 'decoder' | 'encoder';

function quantName(view: StateView, role: KlRole, half: string): string | null {
  const name = role === 'decoder' ? 'post_quant_conv' : 'quant_conv';
  // BFL's FLUX.2 keeps it inside the half, everybody else beside it.
  return [name, half + name].find((candidate) => view.has(`${candidate}.weight`)) ?? null;
}

function attentionOf(view: StateView, name: string, isOriginal: boolean): CellAttention | null {
  const named = (norm: string, query: string, key: string, value: string, out: string): CellAttention =>
    readCellAttention(view, {
      norm: `${name}.${norm}`,
      query: `${name}.${query}`,
      key: `${name}.${key}`,
      value: `${name}.${value}`,
      out: `${name}.${out}`,
    });
  if (isOriginal) return view.has(`${name}.norm.weight`) ? named('norm', 'q', 'k', 'v', 'proj_out') : null;
  if (!view.has(`${name}.group_norm.weight`)) return null;
  // diffusers before 0.15 wrote query/key/value/proj_attn.
  return view.has(`${name}.query.weight`)
    ? named('group_norm', 'query', 'key', 'value', 'proj_attn')
    : named('group_norm', 'to_q', 'to_k', 'to_v', 'to_out.0');
}

/** Reads names and sizes; null where the keys are not this half of an AutoencoderKL. */
export function readKlPlan(view: StateView, role: KlRole): KlPlan | null {
  const half = view.has(`${role}.conv_in.weight`) ? `${role}.` : '';
  const isOriginal = view.has(`${half}mid.block_1.norm1.weight`);
  const side = role === 'decoder' ? 'up' : 'down';
  const stem = isOriginal ? `${half}${side}.` : `${half}${side}_blocks.`;
  const count = view.count(stem);
  if (count === 0) return null;

  const block = (name: string): KlBlock => ({ name, out: view.side(`${name}.conv1.weight`, 0) });
  function level(i: number): KlLevel {
    const blocks = `${stem}${i}.${isOriginal ? 'block' : 'resnets'}.`;
    const resample = `${stem}${i}.${isOriginal ? `${side}sample` : `${side}samplers.0`}.conv`;
    return {
      blocks: Array.from({ length: view.count(blocks) }, (_, j) => block(`${blocks}${j}`)),
      resample: view.has(`${resample}.weight`) ? resample : null,
    };
  }
  // The original decoder numbers its levels from the pixels, and runs them backwards.
  const order = Array.from({ length: count }, (_, i) =>
    isOriginal && role === 'decoder' ? count - 1 - i : i,
  );
  const levels = order.map(level);
  const middle = (i: number): KlBlock =>
    block(isOriginal ? `${half}mid.block_${i + 1}` : `${half}mid_block.resnets.${i}`);
  const attention = `${half}${isOriginal ? 'mid.attn_1' : 'mid_block.attentions.0'}`;
  const quant = quantName(view, role, half);
  const [convIn, convOut] = [`${half}conv_in`, `${half}conv_out`];
  return {
    convIn,
    levels,
    middle: [middle(0), attentionOf(view, attention, isOriginal), middle(1)],
    shortcut: isOriginal ? 'nin_shortcut' : 'conv_shortcut',
    normOut: `${half}${isOriginal ? 'norm_out' : 'conv_norm_out'}`,
    convOut,
    quant,
    channels: role === 'decoder' ? view.side(`${convIn}.weight`, 1) : view.side(`${convOut}.weight`, 0) / 2,
    pixelsPerCell: 2 ** levels.filter(({ resample }) => resample).length,
  };
}

/** Convolutions of the middle (two blocks) and the one before it. */
const MIDDLE_REACH = 4 + 1;

/** How far the decoder's convolutions after its middle reach, in latent cells. */
export const klTailReach = ({ levels }: KlPlan): number =>
  [...levels].reverse().reduce((reach, { blocks, resample }) => {
    const entered = resample ? Math.ceil((reach + 1) / 2) : reach;
    return entered + 2 * blocks.length;
  }, 1);

/** How far the convolutions alone reach, in latent cells: a halo for blending, since norms and attention see everything. */
export function klReach(plan: KlPlan, role: KlRole): number {
  if (role === 'decoder') return klTailReach(plan) + MIDDLE_REACH;
  const pixels = [...plan.levels].reverse().reduce((reach, { blocks, resample }) => {
    const left = resample ? 2 * reach + 1 : reach;
    return left + 2 * blocks.length;
  }, MIDDLE_REACH);
  return Math.ceil((pixels + 1) / plan.pixelsPerCell);
}
