import type { StateView } from '../../weights/state-view.ts';
import { type Context, readContext } from './picture-context.ts';

/** How SwinIR ends: LUA's heads, or one of the original upsamplers. */
export type Upsampler = 'heads' | 'pixelshuffle' | 'pixelshuffledirect' | 'nearest+conv';

/** Residual blocks of a width between two convolutions. */
export interface RefineSizes {
  readonly width: number;
  readonly blocks: number;
}

export interface SwinirConfig {
  readonly channels: number;
  readonly embed: number;
  readonly window: number;
  /** Per residual group. */
  readonly depths: readonly number[];
  /** Attention heads per residual group. */
  readonly heads: readonly number[];
  /** Width inside the MLP. */
  readonly hidden: number;
  readonly hasPatchNorm: boolean;
  /** Convolutions at the end of a group: one 3x3, or three with a waist of a quarter. */
  readonly residual: '1conv' | '3conv';
  readonly upsampler: Upsampler;
  readonly scales: readonly (2 | 4)[];
  /** Channels between the trunk and the last convolution. */
  readonly features: number;
  /** What refines each scale's finished latent (training/latentlift/models, Refine); none in LUA's release. */
  readonly refine: Readonly<Partial<Record<2 | 4, RefineSizes>>>;
  /** LatentLift's linear path beside the network (training/latentlift/models, Lua). */
  readonly hasLinearSkip: boolean;
  readonly context: Context;
}

export const isScale = (factor: number): factor is 2 | 4 => factor === 2 || factor === 4;

function readRefine(view: StateView, scale: 2 | 4): RefineSizes | undefined {
  const name = `heads.x${scale}.refine`;
  if (!view.has(`${name}.conv_in.weight`)) return undefined;
  return { width: view.side(`${name}.conv_in.weight`, 0), blocks: view.count(`${name}.blocks.`) };
}

function readUpsampler(
  view: StateView,
  channels: number,
): Pick<SwinirConfig, 'upsampler' | 'scales' | 'features' | 'refine'> {
  const heads = [2, 4].filter(isScale).filter((scale) => view.has(`heads.x${scale}.conv_last.weight`));
  if (heads.length > 0) {
    return {
      upsampler: 'heads',
      scales: heads,
      features: view.side(`heads.x${heads[0]}.conv_before.0.weight`, 0),
      refine: Object.fromEntries(heads.map((scale) => [scale, readRefine(view, scale)])),
    };
  }
  if (view.has('conv_hr.weight')) {
    return {
      upsampler: 'nearest+conv',
      scales: [view.has('conv_up2.weight') ? 4 : 2],
      features: view.side('conv_hr.weight', 0),
      refine: {},
    };
  }
  if (view.has('conv_before_upsample.0.weight')) {
    return {
      upsampler: 'pixelshuffle',
      // Steps of two sit at upsample.0, upsample.2; a single factor of three (9 times the features) is not offered.
      scales: [2 ** view.count('upsample.')].filter(isScale),
      features: view.side('conv_before_upsample.0.weight', 0),
      refine: {},
    };
  }
  return {
    upsampler: 'pixelshuffledirect',
    scales: [Math.sqrt(view.side('upsample.0.weight', 0) / channels)].filter(isScale),
    features: 0,
    refine: {},
  };
}

/** Sizes read off names and shapes; window and heads from the bias table of (2*window-1)^2 rows. */
export function readSwinirConfig(view: StateView): SwinirConfig {
  const block = (group: number): string => `layers.${group}.residual_group.blocks.0`;
  const embed = view.side('conv_first.weight', 0);
  const channels = view.side('conv_first.weight', 1);
  const groups = Array.from({ length: view.count('layers.') }, (_, i) => i);
  const rows = view.side(`${block(0)}.attn.relative_position_bias_table`, 0);
  return {
    channels,
    embed,
    window: (Math.sqrt(rows) + 1) / 2,
    depths: groups.map((i) => view.count(`layers.${i}.residual_group.blocks.`)),
    heads: groups.map((i) => view.side(`${block(i)}.attn.relative_position_bias_table`, 1)),
    hidden: view.side(`${block(0)}.mlp.fc1.weight`, 0),
    hasPatchNorm: view.has('patch_embed.norm.weight'),
    residual: view.has('layers.0.conv.0.weight') ? '3conv' : '1conv',
    ...readUpsampler(view, channels),
    hasLinearSkip: view.has('skip.weight'),
    context: readContext(view),
  };
}

/** LUA has windows of 16, SwinIR of 7 and 8, HAT of 16 and 24. */
const MAX_WINDOW = 32;
/** Residual groups, and blocks in each; the largest SwinIR has 9 groups of 6. */
const MAX_DEPTH = 64;

/** A sentence where shapes claim sizes that no network has, before anything is allocated for them; else null. */
export function swinirRefusal({ embed, window, heads, depths, scales }: SwinirConfig): string | null {
  // Masks and biases are as large as the fourth power of the window.
  if (window > MAX_WINDOW) return `its window of ${window} cells is larger than ${MAX_WINDOW}`;
  if (depths.length > MAX_DEPTH || depths.some((depth) => depth > MAX_DEPTH)) {
    return `its ${depths.length} groups of up to ${depths.reduce((most, depth) => Math.max(most, depth), 0)} blocks are more than ${MAX_DEPTH}`;
  }
  const isWhole = [window, ...heads.map((count) => embed / count)].every(
    (size) => Number.isSafeInteger(size) && size > 0,
  );
  if (!isWhole || depths.includes(0)) {
    return `window ${window}, ${embed} channels and attention heads ${heads.join(', ')} do not make a Swin network; its bias table needs (2*window-1)^2 rows and a column for each head.`;
  }
  return scales.length === 0 ? 'its upsampler enlarges neither by 2 nor by 4' : null;
}
