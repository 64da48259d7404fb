import type { StateView } from '../../weights/state-view.ts';
import type { GraphBuilder, Value } from '../graph-builder.ts';
import { nearestThenConv, pixelShuffle } from '../layout-ops.ts';
import { add, convWeight, leakyRelu, relu } from '../ops.ts';
import type { SwinirConfig } from './swinir-config.ts';

/** torch.nn.LeakyReLU's default, after the first convolution of a head. */
const HEAD_SLOPE = 0.01;
/** The slope SwinIR's nearest+conv tail sets itself. */
const TAIL_SLOPE = 0.2;

/** A 3x3 convolution with bias from the state dict. */
export const conv3x3 = (b: GraphBuilder, view: StateView, name: string, x: Value, out: number): Value =>
  convWeight(
    b,
    x,
    view.take(`${name}.weight`, [out, x.dims[1] ?? 0, 3, 3]),
    view.take(`${name}.bias`, [out]),
  );

/**
 * LatentLift's residual blocks x + conv2(relu(conv1(x))) at the high resolution (training/latentlift/models/lua.py, LuaHead),
 * as many as stand under the name: none in LUA's release. Each reaches two cells of the enlarged latent.
 */
const postBlocks = (
  b: GraphBuilder,
  view: StateView,
  name: string,
  input: Value,
  features: number,
): Value => {
  let x = input;
  for (let i = 0; i < view.count(`${name}.`); i++) {
    const hidden = view.side(`${name}.${i}.conv1.weight`, 0);
    const inner = relu(b, conv3x3(b, view, `${name}.${i}.conv1`, x, hidden));
    x = add(b, x, conv3x3(b, view, `${name}.${i}.conv2`, inner, features));
  }
  return x;
};

/** Convolution, LeakyReLU, a convolution and a pixel shuffle for each factor of two, blocks if any, convolution. */
const shuffleHead = (
  b: GraphBuilder,
  view: StateView,
  names: { before: string; upsample: string; post?: string; last: string },
  x: Value,
  { features, channels }: SwinirConfig,
  scale: number,
): Value => {
  let y = leakyRelu(b, conv3x3(b, view, names.before, x, features), HEAD_SLOPE);
  for (let step = 0; 2 ** step < scale; step++)
    y = pixelShuffle(b, conv3x3(b, view, `${names.upsample}.${2 * step}`, y, 4 * features), 2);
  if (names.post) y = postBlocks(b, view, names.post, y, features);
  return conv3x3(b, view, names.last, y, channels);
};

/** Nearest doubling and a convolution for each factor of two, then two convolutions. */
const nearestTail = (
  b: GraphBuilder,
  view: StateView,
  x: Value,
  config: SwinirConfig,
  scale: number,
): Value => {
  const { features, channels } = config;
  let y = leakyRelu(b, conv3x3(b, view, 'conv_before_upsample.0', x, features), HEAD_SLOPE);
  for (let step = 1; 2 ** step <= scale; step++) {
    const kernel = view.take(`conv_up${step}.weight`, [features, features, 3, 3]);
    y = leakyRelu(b, nearestThenConv(b, y, kernel, view.take(`conv_up${step}.bias`, [features])), TAIL_SLOPE);
  }
  return conv3x3(
    b,
    view,
    'conv_last',
    leakyRelu(b, conv3x3(b, view, 'conv_hr', y, features), TAIL_SLOPE),
    channels,
  );
};

/** The end of the network: features [1,embed,H,W] to [1,channels,scale*H,scale*W]. */
export const upsampled = (
  b: GraphBuilder,
  view: StateView,
  x: Value,
  config: SwinirConfig,
  scale: 2 | 4,
): Value => {
  switch (config.upsampler) {
    case 'heads': {
      const head = `heads.x${scale}`;
      const names = {
        before: `${head}.conv_before.0`,
        upsample: `${head}.upsample`,
        post: `${head}.post`,
        last: `${head}.conv_last`,
      };
      return shuffleHead(b, view, names, x, config, scale);
    }
    case 'pixelshuffle': {
      const names = { before: 'conv_before_upsample.0', upsample: 'upsample', last: 'conv_last' };
      return shuffleHead(b, view, names, x, config, scale);
    }
    case 'pixelshuffledirect':
      return pixelShuffle(b, conv3x3(b, view, 'upsample.0', x, config.channels * scale ** 2), scale);
    case 'nearest+conv':
      return nearestTail(b, view, x, config, scale);
  }
};
