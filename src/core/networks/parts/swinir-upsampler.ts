import type { Value } from '../../graph/graph-builder.ts';
import type { Layers } from '../../graph/layers.ts';
import { concat, pixelShuffle } from '../../graph/layout-ops.ts';
import { add, cast, leakyRelu, relu, toBody } from '../../graph/ops.ts';
import type { RefineSizes, SwinirConfig } from './swinir-config.ts';

/** torch.nn.LeakyReLU's default, after the first convolution of a head. */
const HEAD_SLOPE = 0.01;
/** The slope SwinIR's nearest+conv tail sets itself. */
const TAIL_SLOPE = 0.2;

interface HeadKeys {
  readonly before: string;
  readonly upsample: string;
  readonly last: string;
}

/** The end of a network: what it made, and the features [1,features,scale*H,scale*W] it was made of where there are any. */
interface Upsampled {
  readonly result: Value;
  readonly features?: Value;
}

/** Convolution, LeakyReLU, a convolution and a pixel shuffle for each factor of two, convolution. */
function shuffleHead(
  layers: Layers,
  keys: HeadKeys,
  x: Value,
  { features, channels }: SwinirConfig,
  scale: 2 | 4,
): Upsampled {
  let y = leakyRelu(layers, layers.conv(keys.before, x, features), HEAD_SLOPE);
  for (let step = 0; 2 ** step < scale; step++) {
    y = pixelShuffle(layers, layers.conv(`${keys.upsample}.${2 * step}`, y, 4 * features), 2);
  }
  return { result: layers.conv(keys.last, y, channels), features: y };
}

/** Nearest doubling and a convolution for each factor of two, then two convolutions. */
function nearestTail(layers: Layers, x: Value, { features, channels }: SwinirConfig, scale: 2 | 4): Value {
  let y = leakyRelu(layers, layers.conv('conv_before_upsample.0', x, features), HEAD_SLOPE);
  for (let step = 1; 2 ** step <= scale; step++) {
    y = leakyRelu(layers, layers.doubledConv(`conv_up${step}`, y, features), TAIL_SLOPE);
  }
  return layers.conv(
    'conv_last',
    leakyRelu(layers, layers.conv('conv_hr', y, features), TAIL_SLOPE),
    channels,
  );
}

/**
 * LatentLift's last step: y + conv_out(blocks(conv_in([y, u]))), all 3x3 at the high resolution; y the finished latent, u the
 * features it was made of, y in f32. A linear map and a trunk each leave traces that only their sum shows.
 */
export function refined(
  layers: Layers,
  name: string,
  latent: Value,
  features: Value,
  { width, blocks }: RefineSizes,
): Value {
  const body = concat(layers, [toBody(layers, latent), features], 1);
  let x = layers.conv(`${name}.conv_in`, body, width);
  for (let i = 0; i < blocks; i++) {
    const inner = relu(layers, layers.conv(`${name}.blocks.${i}.conv1`, x, width));
    x = add(layers, x, layers.conv(`${name}.blocks.${i}.conv2`, inner, width));
  }
  const change = layers.conv(`${name}.conv_out`, x, latent.dims[1] as number);
  return add(layers, latent, cast(layers, change, 'f32'));
}

/** The end of the network: features [1,embed,H,W] to [1,channels,scale*H,scale*W]. */
export function upsampled(layers: Layers, x: Value, config: SwinirConfig, scale: 2 | 4): Upsampled {
  switch (config.upsampler) {
    case 'heads': {
      const head = `heads.x${scale}`;
      const keys = {
        before: `${head}.conv_before.0`,
        upsample: `${head}.upsample`,
        last: `${head}.conv_last`,
      };
      return shuffleHead(layers, keys, x, config, scale);
    }
    case 'pixelshuffle': {
      const keys = {
        before: 'conv_before_upsample.0',
        upsample: 'upsample',
        last: 'conv_last',
      };
      return shuffleHead(layers, keys, x, config, scale);
    }
    case 'pixelshuffledirect':
      return {
        result: pixelShuffle(layers, layers.conv('upsample.0', x, config.channels * scale ** 2), scale),
      };
    case 'nearest+conv':
      return { result: nearestTail(layers, x, config, scale) };
  }
}
