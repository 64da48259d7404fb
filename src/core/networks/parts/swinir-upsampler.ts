import type { Value } from '../../graph/graph-builder.ts';
import type { Layers } from '../../graph/layers.ts';
import { pixelShuffle } from '../../graph/layout-ops.ts';
import { add, leakyRelu, relu } from '../../graph/ops.ts';
import type { SwinirConfig } from './swinir-config.ts';

/** torch.nn.LeakyReLU's default, after the first convolution of a head. */
const HEAD_SLOPE = 0.01;
/** The slope SwinIR's nearest+conv tail sets itself. */
const TAIL_SLOPE = 0.2;

/** Residual blocks x + conv2(relu(conv1(x))) at the high resolution. Each reaches two cells of the enlarged latent. */
const postBlocks = (layers: Layers, name: string, input: Value, hidden: readonly number[]): Value => {
  let x = input;
  for (const [i, width] of hidden.entries()) {
    const inner = relu(layers, layers.conv(`${name}.${i}.conv1`, x, width));
    x = add(layers, x, layers.conv(`${name}.${i}.conv2`, inner, x.dims[1] ?? 0));
  }
  return x;
};

interface HeadKeys {
  readonly before: string;
  readonly upsample: string;
  readonly post: string;
  readonly last: string;
}

/** Convolution, LeakyReLU, a convolution and a pixel shuffle for each factor of two, blocks if any, convolution. */
const shuffleHead = (
  layers: Layers,
  keys: HeadKeys,
  x: Value,
  { features, channels, post }: SwinirConfig,
  scale: 2 | 4,
): Value => {
  let y = leakyRelu(layers, layers.conv(keys.before, x, features), HEAD_SLOPE);
  for (let step = 0; 2 ** step < scale; step++)
    y = pixelShuffle(layers, layers.conv(`${keys.upsample}.${2 * step}`, y, 4 * features), 2);
  return layers.conv(keys.last, postBlocks(layers, keys.post, y, post[scale]), channels);
};

/** Nearest doubling and a convolution for each factor of two, then two convolutions. */
const nearestTail = (layers: Layers, x: Value, { features, channels }: SwinirConfig, scale: 2 | 4): Value => {
  let y = leakyRelu(layers, layers.conv('conv_before_upsample.0', x, features), HEAD_SLOPE);
  for (let step = 1; 2 ** step <= scale; step++)
    y = leakyRelu(layers, layers.doubledConv(`conv_up${step}`, y, features), TAIL_SLOPE);
  return layers.conv(
    'conv_last',
    leakyRelu(layers, layers.conv('conv_hr', y, features), TAIL_SLOPE),
    channels,
  );
};

/** The end of the network: features [1,embed,H,W] to [1,channels,scale*H,scale*W]. */
export const upsampled = (layers: Layers, x: Value, config: SwinirConfig, scale: 2 | 4): Value => {
  switch (config.upsampler) {
    case 'heads': {
      const head = `heads.x${scale}`;
      const keys = {
        before: `${head}.conv_before.0`,
        upsample: `${head}.upsample`,
        post: `${head}.post`,
        last: `${head}.conv_last`,
      };
      return shuffleHead(layers, keys, x, config, scale);
    }
    case 'pixelshuffle': {
      const keys = {
        before: 'conv_before_upsample.0',
        upsample: 'upsample',
        post: 'post',
        last: 'conv_last',
      };
      return shuffleHead(layers, keys, x, config, scale);
    }
    case 'pixelshuffledirect':
      return pixelShuffle(layers, layers.conv('upsample.0', x, config.channels * scale ** 2), scale);
    case 'nearest+conv':
      return nearestTail(layers, x, config, scale);
  }
};
