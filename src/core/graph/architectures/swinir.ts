import { AppError } from '../../errors.ts';
import { familiesOf } from '../../families/index.ts';
import { describeChannels } from '../../families/sentences.ts';
import type { StateView } from '../../weights/state-view.ts';
import type { GraphBuilder, Value } from '../graph-builder.ts';
import { crop, gather, pixelShuffle, reflectPad, toPicture, toTokens } from '../layout-ops.ts';
import type { NetworkKind } from '../model-description.ts';
import { add, cast, convWeight, leakyRelu, softClamp, toBody } from '../ops.ts';
import { addContext, hasContext } from './picture-context.ts';
import { shiftMask, swinLayer, tokenNorm } from './swin-layer.ts';
import { type CellOrder, rasterOrder, reorder, windowOrder } from './swin-windows.ts';
import { readSwinirConfig, type SwinirConfig } from './swinir-config.ts';
import { conv3x3, upsampled } from './swinir-upsampler.ts';

/** The mean that SwinIR takes off RGB before and adds after (its code, not its weights, holds it): DIV2K's. */
const RGB_MEAN = [0.4488, 0.4371, 0.404] as const;
const WAIST_SLOPE = 0.2;

/** Buffers that the graph computes itself. */
const isBuffer = (name: string): boolean =>
  /(^|\.)(attn_mask|attn\.relative_position_index|mean)$/.test(name);

const upToMultiple = (side: number, window: number): number => Math.ceil(side / window) * window;

/** The convolution(s) that end a group or the trunk. */
const closing = (b: GraphBuilder, view: StateView, name: string, x: Value, config: SwinirConfig): Value => {
  if (config.residual === '1conv') return conv3x3(b, view, name, x, config.embed);
  const waist = Math.floor(config.embed / 4);
  const narrow = leakyRelu(b, conv3x3(b, view, `${name}.0`, x, waist), WAIST_SLOPE);
  const kernel = view.take(`${name}.2.weight`, [waist, waist, 1, 1]);
  const middle = convWeight(b, narrow, kernel, view.take(`${name}.2.bias`, [waist]));
  return conv3x3(b, view, `${name}.4`, leakyRelu(b, middle, WAIST_SLOPE), config.embed);
};

/**
 * The trunk: features [1,embed,H,W], H and W multiples of the window. Tokens stand in the window order of the layer at work
 * (odd layers are shifted by half a window); one Gather between two layers does un-window, roll and window at once.
 */
const trunk = (b: GraphBuilder, view: StateView, shallow: Value, config: SwinirConfig): Value => {
  const { embed, window, hidden } = config;
  const [, , rows = 0, columns = 0] = shallow.dims;
  const raster = rasterOrder(rows * columns);
  const orders = [0, window >> 1].map((shift) => windowOrder(rows, columns, window, shift));
  const names = new Map<CellOrder, string>([
    [raster, 'raster'],
    ...orders.map((o, i) => [o, `windows ${i}`] as const),
  ]);
  const bring = (x: Value, from: CellOrder, to: CellOrder): Value =>
    from === to ? x : gather(b, x, 0, `${names.get(from)} to ${names.get(to)}`, reorder(from, to));

  const mask = config.depths.some((depth) => depth > 1) ? shiftMask(b, window, rows, columns) : null;
  let tokens = toTokens(b, shallow);
  if (config.hasPatchNorm) tokens = tokenNorm(b, view, 'patch_embed.norm', tokens);
  for (const [group, depth] of config.depths.entries()) {
    const sizes = { embed, window, hidden, heads: config.heads[group] ?? 0 };
    let x = tokens;
    let order = raster;
    for (let layer = 0; layer < depth; layer++) {
      const wanted = orders[layer % 2] ?? raster;
      x = bring(x, order, wanted);
      order = wanted;
      const name = `layers.${group}.residual_group.blocks.${layer}`;
      x = swinLayer(b, view, name, x, sizes, layer % 2 === 1 ? mask : null);
    }
    const picture = toPicture(b, bring(x, order, raster), rows, columns);
    tokens = add(b, tokens, toTokens(b, closing(b, view, `layers.${group}.conv`, picture, config)));
  }
  const deep = toPicture(b, tokenNorm(b, view, 'norm', tokens), rows, columns);
  return add(b, closing(b, view, 'conv_after_body', deep, config), shallow);
};

/** Our linear path: a 5x5 convolution and a pixel shuffle, again with the same weights for each factor of two. */
const linearSkip = (b: GraphBuilder, view: StateView, z: Value, channels: number, scale: number): Value => {
  const kernel = view.take('skip.weight', [4 * channels, channels, 5, 5]);
  const bias = view.take('skip.bias', [4 * channels]);
  let y = z;
  for (let factor = 1; factor < scale; factor *= 2) y = pixelShuffle(b, convWeight(b, y, kernel, bias), 2);
  return y;
};

const shifted = (b: GraphBuilder, x: Value, sign: 1 | -1): Value =>
  add(
    b,
    x,
    b.constant(
      `RGB mean ${sign}`,
      [1, 3, 1, 1],
      () => Float32Array.from(RGB_MEAN, (mean) => sign * mean),
      x.type === 'f16' ? 'f16' : 'f32',
    ),
  );

const describeSwinir: NetworkKind['describe'] = (view) => {
  const config = readSwinirConfig(view);
  const { channels, scales, window } = config;
  const isPixel = channels === 3;
  const fitting = isPixel ? [] : familiesOf(channels);
  // The linear skip marks our own weights.
  const ours = config.hasLinearSkip ? fitting.filter(({ autoencoders }) => autoencoders.latentlift) : [];
  const families = ours.length > 0 ? ours : fitting;
  const factors = scales.length > 0 ? `, ${scales.map((scale) => `x${scale}`).join(' and ')}` : '';
  const name = isPixel
    ? 'SwinIR picture upscaler'
    : config.upsampler === 'heads'
      ? 'LUA upscaler'
      : 'SwinIR latent upscaler';
  return {
    title: `${name}${factors}${isPixel ? '' : `, ${describeChannels(channels, families)}`}`,
    families: families.map(({ id }) => id),
    // The release works on raw latents (facts: lua.md); the linear skip marks our own weights, which work on model space.
    space: config.hasLinearSkip ? 'model' : 'raw',
    channels,
    pixelsPerCell: isPixel ? 1 : (families[0]?.pixelsPerCell ?? 8),
    scales,
    pixelRange: 'unit',
    // Shifted windows carry influence across the whole picture, ever weaker; two windows hold nearly all of it.
    radius: { exact: false, cells: 2 * window },
    config: { ...config },
  };
};

/** LUA has windows of 16, SwinIR of 7 and 8, HAT of 16 and 24. */
const MAX_WINDOW = 32;
/** Residual groups, and blocks in each; the largest SwinIR has 9 groups of 6. */
const MAX_DEPTH = 64;

/** Sizes that shapes can claim but no network has, before anything is allocated for them. */
const checkSizes = ({ embed, window, heads, depths }: SwinirConfig): void => {
  // Masks and biases are as large as the fourth power of the window.
  if (window > MAX_WINDOW)
    throw new AppError('model/shape', `its window of ${window} cells is larger than ${MAX_WINDOW}`);
  if (depths.length > MAX_DEPTH || depths.some((depth) => depth > MAX_DEPTH))
    throw new AppError(
      'model/shape',
      `its ${depths.length} groups of up to ${depths.reduce((most, depth) => Math.max(most, depth), 0)} blocks are more than ${MAX_DEPTH}`,
    );
  const isWhole = [window, ...heads.map((count) => embed / count)].every(
    (size) => Number.isSafeInteger(size) && size > 0,
  );
  if (!isWhole || depths.includes(0))
    throw new AppError(
      'model/shape',
      `window ${window}, ${embed} channels and attention heads ${heads.join(', ')} do not make a Swin network; its bias table needs (2*window-1)^2 rows and a column for each head.`,
    );
};

const emit: NetworkKind['emit'] = (
  b,
  view,
  description,
  { height, width, scale = description.scales[0] },
) => {
  const config = readSwinirConfig(view);
  const { channels, window } = config;
  view.ignore(isBuffer);
  checkSizes(config);
  if (description.scales.length === 0)
    throw new AppError('model/shape', 'its upsampler enlarges neither by 2 nor by 4');
  if (!scale || !description.scales.includes(scale))
    throw new AppError(
      'model/mismatch',
      `${description.title} has no factor x${scale}; it offers ${description.scales.map((s) => `x${s}`).join(', ')}.`,
    );
  const isPixel = channels === 3;
  const input = b.input(isPixel ? 'image' : 'latent', [1, channels, height, width]);
  const centred = isPixel ? shifted(b, toBody(b, input), -1) : toBody(b, input);
  const padded = reflectPad(b, centred, upToMultiple(height, window), upToMultiple(width, window));
  const first = conv3x3(b, view, 'conv_first', padded, config.embed);
  const shallow = hasContext(view) ? addContext(b, view, first, softClamp(b, centred)) : first;
  const features = trunk(b, view, shallow, config);
  let y = cast(b, upsampled(b, view, features, config, scale), 'f32');
  if (config.hasLinearSkip) y = add(b, y, cast(b, linearSkip(b, view, padded, channels, scale), 'f32'));
  return crop(b, isPixel ? shifted(b, y, 1) : y, scale * height, scale * width);
};

const owns = (name: string): boolean => !/^(model|optimizer|first_stage_model|cond_stage_model)\./.test(name);

/** SwinIR (arXiv 2108.10257) over latents, among them LUA (arXiv 2511.10629) with one trunk and heads for x2 and x4. */
export const latentSwinir: NetworkKind = {
  architecture: 'swinir',
  role: 'upscaler',
  label: 'a SwinIR or LUA latent upscaler',
  marker: /^(.*\.)?layers\.\d+\.residual_group\.blocks\.\d+\.attn\./,
  owns,
  describe: (view) => (view.side('conv_first.weight', 1) === 3 ? null : describeSwinir(view)),
  emit,
};

/** SwinIR over RGB in [0,1]. */
export const pixelSwinir: NetworkKind = {
  ...latentSwinir,
  role: 'pixel-upscaler',
  label: 'a SwinIR picture upscaler',
  describe: (view) => (view.side('conv_first.weight', 1) === 3 ? describeSwinir(view) : null),
};
