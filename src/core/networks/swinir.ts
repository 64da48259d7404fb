import { familiesOf } from '../families/index.ts';
import { describeChannels } from '../families/sentences.ts';
import type { Value } from '../graph/graph-builder.ts';
import type { Layers } from '../graph/layers.ts';
import { crop, gather, pixelShuffle, reflectPad, toPicture, toTokens } from '../graph/layout-ops.ts';
import type { Emit, NetworkSizes } from '../graph/model-description.ts';
import { add, cast, leakyRelu, softClamp, toBody } from '../graph/ops.ts';
import type { StateView } from '../weights/state-view.ts';
import type { Network, ReadNetwork } from './network.ts';
import { addContext } from './parts/picture-context.ts';
import { shiftMask, swinLayer } from './parts/swin-layer.ts';
import { type CellOrder, rasterOrder, reorder, windowOrder } from './parts/swin-windows.ts';
import { isScale, readSwinirConfig, type SwinirConfig, swinirRefusal } from './parts/swinir-config.ts';
import { refined, upsampled } from './parts/swinir-upsampler.ts';

/** The mean that SwinIR takes off RGB before and adds after (its code, not its weights, holds it): DIV2K's. */
const RGB_MEAN = [0.4488, 0.4371, 0.404] as const;
const WAIST_SLOPE = 0.2;

/** Buffers that the graph computes itself. */
const isBuffer = (name: string): boolean =>
  /(^|\.)(attn_mask|attn\.relative_position_index|mean)$/.test(name);

const upToMultiple = (side: number, window: number): number => Math.ceil(side / window) * window;

/** The convolution(s) that end a group or the trunk. */
function closing(layers: Layers, name: string, x: Value, { embed, residual }: SwinirConfig): Value {
  if (residual === '1conv') return layers.conv(name, x, embed);
  const waist = Math.floor(embed / 4);
  const narrow = leakyRelu(layers, layers.conv(`${name}.0`, x, waist), WAIST_SLOPE);
  const middle = leakyRelu(layers, layers.conv(`${name}.2`, narrow, waist, { size: 1 }), WAIST_SLOPE);
  return layers.conv(`${name}.4`, middle, embed);
}

/**
 * The trunk: features [1,embed,H,W], H and W multiples of the window. Tokens stand in the window order of the layer at work
 * (odd layers are shifted by half a window); one Gather between two layers does un-window, roll and window at once.
 */
function trunk(layers: Layers, shallow: Value, config: SwinirConfig): Value {
  const { embed, window, hidden } = config;
  const [, , rows = 0, columns = 0] = shallow.dims;
  const raster = rasterOrder(rows * columns);
  const orders = [0, window >> 1].map((shift) => windowOrder(rows, columns, window, shift));
  const names = new Map<CellOrder, string>([
    [raster, 'raster'],
    ...orders.map((o, i) => [o, `windows ${i}`] as const),
  ]);
  const bring = (x: Value, from: CellOrder, to: CellOrder): Value =>
    from === to ? x : gather(layers, x, 0, `${names.get(from)} to ${names.get(to)}`, reorder(from, to));

  const mask = config.depths.some((depth) => depth > 1) ? shiftMask(layers, window, rows, columns) : null;
  let tokens = toTokens(layers, shallow);
  if (config.hasPatchNorm) tokens = layers.norm('patch_embed.norm', tokens);
  for (const [group, depth] of config.depths.entries()) {
    const sizes = { embed, window, hidden, heads: config.heads[group] as number };
    let x = tokens;
    let order = raster;
    for (let layer = 0; layer < depth; layer++) {
      const wanted = orders[layer % 2] ?? raster;
      x = bring(x, order, wanted);
      order = wanted;
      const name = `layers.${group}.residual_group.blocks.${layer}`;
      x = swinLayer(layers, name, x, sizes, layer % 2 === 1 ? mask : null);
    }
    const picture = toPicture(layers, bring(x, order, raster), rows, columns);
    tokens = add(layers, tokens, toTokens(layers, closing(layers, `layers.${group}.conv`, picture, config)));
  }
  const deep = toPicture(layers, layers.norm('norm', tokens), rows, columns);
  return add(layers, closing(layers, 'conv_after_body', deep, config), shallow);
}

/** Our linear path: a 5x5 convolution and a pixel shuffle, again with the same weights for each factor of two. */
function linearSkip(layers: Layers, z: Value, channels: number, scale: number): Value {
  let y = z;
  for (let factor = 1; factor < scale; factor *= 2) {
    y = pixelShuffle(layers, layers.conv('skip', y, 4 * channels, { size: 5 }), 2);
  }
  return y;
}

const shifted = (layers: Layers, x: Value, sign: 1 | -1): Value =>
  add(
    layers,
    x,
    layers.constant(
      `RGB mean ${sign}`,
      [1, 3, 1, 1],
      () => Float32Array.from(RGB_MEAN, (mean) => sign * mean),
      x.type === 'f16' ? 'f16' : 'f32',
    ),
  );

const emitter =
  (config: SwinirConfig, isPixel: boolean): Emit =>
  (layers, { height, width, scale: asked = 0 }) => {
    const scale = isScale(asked) ? asked : (config.scales[0] ?? 2);
    const { channels, window, context } = config;
    const input = layers.input(isPixel ? 'image' : 'latent', [1, channels, height, width]);
    const centred = isPixel ? shifted(layers, toBody(layers, input), -1) : toBody(layers, input);
    const padded = reflectPad(layers, centred, upToMultiple(height, window), upToMultiple(width, window));
    const first = layers.conv('conv_first', padded, config.embed);
    const shallow = context ? addContext(layers, context, first, softClamp(layers, centred)) : first;
    const features = trunk(layers, shallow, config);
    const end = upsampled(layers, features, config, scale);
    let y = cast(layers, end.result, 'f32');
    if (config.hasLinearSkip) {
      y = add(layers, y, cast(layers, linearSkip(layers, padded, channels, scale), 'f32'));
    }
    const refine = config.refine[scale];
    if (refine && end.features) y = refined(layers, `heads.x${scale}.refine`, y, end.features, refine);
    return crop(layers, isPixel ? shifted(layers, y, 1) : y, scale * height, scale * width);
  };

function sizesOf(config: SwinirConfig, isPixel: boolean): NetworkSizes {
  const { channels, scales } = config;
  const fitting = isPixel ? [] : familiesOf(channels);
  // The linear skip marks our own weights.
  const ours = config.hasLinearSkip ? fitting.filter(({ autoencoders }) => autoencoders.latentlift) : [];
  const families = ours.length > 0 ? ours : fitting;
  const factors = scales.length > 0 ? `, ${scales.map((scale) => `x${scale}`).join(' and ')}` : '';
  const latentName = config.upsampler === 'heads' ? 'LUA upscaler' : 'SwinIR latent upscaler';
  const name = isPixel ? 'SwinIR picture upscaler' : latentName;
  return {
    title: `${name}${factors}${isPixel ? '' : `, ${describeChannels(channels, families)}`}`,
    families: families.map(({ id }) => id),
    // The release works on raw latents; the linear skip marks our own weights, which work on model space.
    space: config.hasLinearSkip ? 'model' : 'raw',
    channels,
    pixelsPerCell: isPixel ? 1 : (families[0]?.pixelsPerCell ?? 8),
    scales,
    pixelRange: 'unit',
  };
}

function describe(view: StateView, isPixel: boolean): ReadNetwork {
  const config = readSwinirConfig(view);
  view.ignore(isBuffer);
  return {
    sizes: sizesOf(config, isPixel),
    capabilities: {
      // Shifted windows carry influence across the whole picture, ever weaker; two windows hold nearly all of it.
      radius: { exact: false, cells: 2 * config.window },
      // Tiles that start where a window starts see the same windows as the whole does.
      tileStep: config.window,
    },
    impossible: swinirRefusal(config),
    emit: emitter(config, isPixel),
  };
}

const shared = {
  marker: /^(.*\.)?layers\.\d+\.residual_group\.blocks\.\d+\.attn\./,
  owns: (name: string): boolean => !/^(model|optimizer|first_stage_model|cond_stage_model)\./.test(name),
};

const takesPictures = (view: StateView): boolean => view.side('conv_first.weight', 1) === 3;

/**
 * SwinIR (arXiv 2108.10257): over latents, among them LUA (arXiv 2511.10629) with one trunk and heads for x2 and x4, and over RGB
 * in [0,1].
 */
export const swinir = {
  id: 'swinir',
  title: 'SwinIR and LUA',
  kinds: [
    {
      ...shared,
      role: 'upscaler',
      label: 'a SwinIR or LUA latent upscaler',
      read: (view) =>
        takesPictures(view) ? 'its first layer takes the 3 channels of a picture' : describe(view, false),
    },
    {
      ...shared,
      role: 'pixel-upscaler',
      label: 'a SwinIR picture upscaler',
      read: (view) =>
        takesPictures(view)
          ? describe(view, true)
          : 'its first layer does not take the 3 channels of a picture',
    },
  ],
} as const satisfies Network;
