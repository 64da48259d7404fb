import type { StateView } from '../../weights/state-view.ts';

/** How SwinIR ends: LUA's heads, or one of the original upsamplers. */
export type Upsampler = 'heads' | 'pixelshuffle' | 'pixelshuffledirect' | 'nearest+conv';

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
  /** LatentLift's linear path beside the network (training/latentlift/models.py, Lua). */
  readonly hasLinearSkip: boolean;
}

const isScale = (factor: number): factor is 2 | 4 => factor === 2 || factor === 4;

const readUpsampler = (
  view: StateView,
  channels: number,
): Pick<SwinirConfig, 'upsampler' | 'scales' | 'features'> => {
  const heads = [2, 4].filter(isScale).filter((scale) => view.has(`heads.x${scale}.conv_last.weight`));
  if (heads.length > 0)
    return {
      upsampler: 'heads',
      scales: heads,
      features: view.side(`heads.x${heads[0]}.conv_before.0.weight`, 0),
    };
  if (view.has('conv_hr.weight'))
    return {
      upsampler: 'nearest+conv',
      scales: [view.has('conv_up2.weight') ? 4 : 2],
      features: view.side('conv_hr.weight', 0),
    };
  if (view.has('conv_before_upsample.0.weight'))
    return {
      upsampler: 'pixelshuffle',
      // Steps of two sit at upsample.0, upsample.2; a single factor of three (9 times the features) is not offered.
      scales: [2 ** view.count('upsample.')].filter(isScale),
      features: view.side('conv_before_upsample.0.weight', 0),
    };
  return {
    upsampler: 'pixelshuffledirect',
    scales: [Math.sqrt(view.side('upsample.0.weight', 0) / channels)].filter(isScale),
    features: 0,
  };
};

/** Sizes read off names and shapes; window and heads from the bias table of (2*window-1)^2 rows. */
export const readSwinirConfig = (view: StateView): SwinirConfig => {
  const block = (group: number): string => `layers.${group}.residual_group.blocks.0`;
  const embed = view.side('conv_first.weight', 0);
  const channels = view.side('conv_first.weight', 1);
  const groups = Array.from({ length: view.count('layers.') }, (_, i) => i);
  const table = view.dims(`${block(0)}.attn.relative_position_bias_table`);
  return {
    channels,
    embed,
    window: (Math.sqrt(table[0] ?? 0) + 1) / 2,
    depths: groups.map((i) => view.count(`layers.${i}.residual_group.blocks.`)),
    heads: groups.map((i) => view.side(`${block(i)}.attn.relative_position_bias_table`, 1)),
    hidden: view.side(`${block(0)}.mlp.fc1.weight`, 0),
    hasPatchNorm: view.has('patch_embed.norm.weight'),
    residual: view.has('layers.0.conv.0.weight') ? '3conv' : '1conv',
    ...readUpsampler(view, channels),
    hasLinearSkip: view.has('skip.weight'),
  };
};
