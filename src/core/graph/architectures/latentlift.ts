import type { Family } from '../../families/family.ts';
import { type FamilyId, familiesOf } from '../../families/index.ts';
import { describeChannels } from '../../families/sentences.ts';
import type { StateView } from '../../weights/state-view.ts';
import type { GraphBuilder, Value } from '../graph-builder.ts';
import { pixelShuffle } from '../layout-ops.ts';
import type { NetworkKind } from '../model-description.ts';
import { add, cast, convWeight, relu, softClamp, toBody } from '../ops.ts';
import { addContext, addPool, hasContext } from './picture-context.ts';

interface Stage {
  readonly width: number;
  readonly blocks: readonly { readonly hidden: number; readonly isPooled: boolean }[];
}

/** Takes a convolution with bias: `out` channels from `inner`. */
const convolve = (
  b: GraphBuilder,
  view: StateView,
  name: string,
  x: Value,
  out: number,
  kernel = 3,
  shape: { stride?: number; pads?: readonly [number, number, number, number] } = {},
): Value =>
  convWeight(
    b,
    x,
    view.take(`${name}.weight`, [out, x.dims[1] ?? 0, kernel, kernel]),
    view.take(`${name}.bias`, [out]),
    shape,
  );

/** Pools are read for encoders only: a decoder's reach and seam leave no room for them, so there they stay unexpected. */
const stagesOf = (view: StateView, role: 'encoder' | 'decoder'): Stage[] =>
  Array.from({ length: view.count('stages.') }, (_, s) => ({
    width: view.side(`stages.${s}.blocks.0.conv1.weight`, 1),
    blocks: Array.from({ length: view.count(`stages.${s}.blocks.`) }, (_block, i) => ({
      hidden: view.side(`stages.${s}.blocks.${i}.conv1.weight`, 0),
      isPooled: role === 'encoder' && view.has(`stages.${s}.blocks.${i}.pool.0.weight`),
    })),
  }));

/** Residual blocks x + conv2(relu(conv1(x))), where a pooled one first adds its pool to x. */
const blocks = (b: GraphBuilder, view: StateView, stage: Stage, s: number, input: Value): Value => {
  let x = input;
  for (const [i, { hidden, isPooled }] of stage.blocks.entries()) {
    const name = `stages.${s}.blocks.${i}`;
    if (isPooled) x = addPool(b, view, `${name}.pool`, x, 2);
    const inner = relu(b, convolve(b, view, `${name}.conv1`, x, hidden));
    x = add(b, x, convolve(b, view, `${name}.conv2`, inner, stage.width));
  }
  return x;
};

/** From the pixels inwards: each stage shuffles (halving the reach), then `up` and two convolutions a block. */
const reachOf = (stages: readonly Stage[]): number =>
  stages.reduceRight((cells, { blocks: inner }) => Math.ceil(cells / 2) + 1 + 2 * inner.length, 0);

const owns = (name: string): boolean => /^(context|conv_in|conv_out|stages)\./.test(name);

/** The families that have models of our own, with this many channels. */
const ownFamilies = (channels: number): readonly Family<FamilyId>[] =>
  familiesOf(channels).filter(({ autoencoders }) => autoencoders.latentlift);

/** Our own decoder (training/latentlift/models.py, Decoder): model-space latent to RGB about [0,1], unclamped. */
export const latentliftDecoder: NetworkKind = {
  architecture: 'latentlift-decoder',
  role: 'decoder',
  label: 'a LatentLift decoder',
  marker: /^(.*\.)?stages\.\d+\.up\.weight$/,
  owns,
  describe(view) {
    const stages = stagesOf(view, 'decoder');
    const channels = view.side('conv_in.weight', 1);
    const families = ownFamilies(channels);
    const isBounded = !hasContext(view);
    const [first, ...rest] = stages;
    const pixelStages = first ? [{ ...first, blocks: [] }, ...rest] : [];
    return {
      title: `LatentLift decoder, ${describeChannels(channels, families)}`,
      families: families.map(({ id }) => id),
      space: 'model',
      channels,
      pixelsPerCell: 2 ** stages.length,
      scales: [],
      pixelRange: 'unit',
      radius: { exact: isBounded, cells: reachOf(stages) + 1 },
      // What sees the whole picture stands before the first blocks: past them, tiles are exact.
      seam: isBounded
        ? null
        : { channels: first?.width ?? 0, radius: { exact: true, cells: reachOf(pixelStages) } },
      config: { stages },
    };
  },
  emit(b, view, { channels, part }, { height, width }) {
    const stages = stagesOf(view, 'decoder');
    const input = toBody(b, b.input(part === 'pixels' ? 'features' : 'latent', [1, channels, height, width]));
    let x = input;
    if (part !== 'pixels') {
      const latent = softClamp(b, input);
      const first = stages[0]?.width ?? 0;
      x = addContext(b, view, convolve(b, view, 'conv_in', latent, first), latent);
    }
    for (const [s, stage] of stages.entries()) {
      if (s > 0 || part !== 'pixels') x = blocks(b, view, stage, s, x);
      if (part === 'latent') return cast(b, x, 'f32');
      const up = convolve(b, view, `stages.${s}.up`, x, 4 * (stages[s + 1]?.width ?? 3));
      x = pixelShuffle(b, s + 1 < stages.length ? up : cast(b, up, 'f32'), 2);
    }
    return x;
  },
};

const PIXELS_PER_CELL = 8;

/** conv_in's step in pixels, half of its kernel: what the stages leave of a cell. */
const strideOf = (stages: readonly Stage[]): number => PIXELS_PER_CELL / 2 ** (stages.length - 1);

/** Our own encoder (training/latentlift/models.py, Encoder): RGB in [0,1], sides multiples of 8, to a model-space latent. */
export const latentliftEncoder: NetworkKind = {
  architecture: 'latentlift-encoder',
  role: 'encoder',
  label: 'a LatentLift encoder',
  marker: /^(.*\.)?stages\.\d+\.down\.weight$/,
  owns,
  describe(view) {
    const stages = stagesOf(view, 'encoder');
    if (stages.length > 3) return null;
    const channels = view.side('conv_out.weight', 0);
    const families = ownFamilies(channels);
    const stride = strideOf(stages);
    // Pixels that a step of each stage reaches: those of a cell for conv_out and the last stage, half as many one before.
    let pixels = 0;
    for (const [s, { blocks: inner }] of stages.entries())
      pixels += stride * 2 ** s * (2 * inner.length + (s + 1 < stages.length ? 1 : 0));
    const isPooled = stages.some(({ blocks: inner }) => inner.some((block) => block.isPooled));
    return {
      title: `LatentLift encoder, ${describeChannels(channels, families)}`,
      families: families.map(({ id }) => id),
      space: 'model',
      channels,
      pixelsPerCell: PIXELS_PER_CELL,
      scales: [],
      pixelRange: 'unit',
      radius: {
        exact: !isPooled,
        cells: Math.ceil((pixels + PIXELS_PER_CELL + 2 * stride) / PIXELS_PER_CELL),
      },
      config: { stages },
    };
  },
  emit(b, view, { channels }, { height, width }) {
    const stages = stagesOf(view, 'encoder');
    const rgb = toBody(b, b.input('image', [1, 3, height, width]));
    const stride = strideOf(stages);
    const pad = stride / 2;
    let x = convolve(b, view, 'conv_in', rgb, stages[0]?.width ?? 0, 2 * stride, {
      stride,
      pads: [pad, pad, pad, pad],
    });
    for (const [s, stage] of stages.entries()) {
      x = blocks(b, view, stage, s, x);
      const next = stages[s + 1];
      if (next) x = convolve(b, view, `stages.${s}.down`, x, next.width, 3, { stride: 2 });
    }
    return cast(b, convolve(b, view, 'conv_out', x, channels), 'f32');
  },
};
