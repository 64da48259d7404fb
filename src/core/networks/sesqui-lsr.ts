import { type FamilyId, familyById } from '../families/index.ts';
import { describeChannels, listed } from '../families/sentences.ts';
import { mish } from '../graph/added-ops.ts';
import type { Value } from '../graph/graph-builder.ts';
import type { Layers } from '../graph/layers.ts';
import { bicubic, padAround, pixelShuffle, split } from '../graph/layout-ops.ts';
import type { Emit, Stage } from '../graph/model-description.ts';
import { add, cast, conv, toBody } from '../graph/ops.ts';
import type { LatentSpace } from '../latent/latent.ts';
import type { StateView } from '../weights/state-view.ts';
import type { Network, NotIt, ReadNetwork } from './network.ts';
import {
  type GatedBlock,
  gatedBlock,
  type Moments,
  mirroredConv,
  readGatedBlock,
} from './parts/gated-block.ts';
import { enlargedSide, type Reassembly, readReassembly, reassembled } from './parts/sesqui-reassembly.ts';

/** The factor unless another is asked for. It is made for any from 1 to 2; at 2 its filters are the same for every sample. */
const SCALE = 2;

/**
 * Whose latents it was trained on, by channels, in the space that its author's adaptors hand over
 * (sesqui_lsr/inference_adaptors.py): scaled ones for SDXL and FLUX.1, the
 * VAE's own for FLUX.2 and Wan. The port to Qwen-Image 2.1 normalises by that VAE's statistics at either end, which is model space.
 */
const TRAINED: Readonly<Record<number, readonly { readonly id: FamilyId; readonly space: LatentSpace }[]>> = {
  4: [{ id: 'sdxl', space: 'model' }],
  16: [
    { id: 'flux1', space: 'model' },
    { id: 'wan', space: 'raw' },
  ],
  32: [{ id: 'flux2', space: 'raw' }],
  64: [{ id: 'qwen-image-21', space: 'model' }],
};

interface Plan {
  readonly channels: number;
  readonly width: number;
  /** Channels of the first and the last hidden layer. */
  readonly half: number;
  /** Channels of the second way up. */
  readonly lift: number;
  readonly inBlocks: readonly GatedBlock[];
  readonly refine: GatedBlock;
  readonly outBlocks: readonly GatedBlock[];
  readonly reassembly: Reassembly;
}

function readPlan(view: StateView): Plan | NotIt {
  const width = view.side('head_conv.2.weight', 0);
  const names = (stem: string): string[] => Array.from({ length: view.count(stem) }, (_, i) => `${stem}${i}`);
  const read = [...names('in_blocks.'), 'upsample.refine', ...names('out_blocks.')].map((name) =>
    readGatedBlock(view, name, width),
  );
  const wrong = read.find((block) => typeof block === 'string');
  if (wrong !== undefined) return wrong;
  const blocks = read.filter((block) => typeof block !== 'string');
  const at = view.count('in_blocks.');
  return {
    channels: view.side('head_conv.0.weight', 1),
    width,
    half: view.side('head_conv.0.weight', 0),
    lift: view.side('upsample.lift_mix.weight', 1),
    inBlocks: blocks.slice(0, at),
    refine: blocks[at] as GatedBlock,
    outBlocks: blocks.slice(at + 1),
    reassembly: readReassembly(view, width),
  };
}

/** A piece between two norms. `scale` is the factor of the whole network; `moments` are given where `x` is a tile. */
interface Segment extends Stage {
  build(layers: Layers, x: Value, scale: number, moments?: Moments): Value;
}

const head = (layers: Layers, { half, width }: Plan, latent: Value): Value =>
  mirroredConv(
    layers,
    'head_conv.2',
    mish(layers, mirroredConv(layers, 'head_conv.0', toBody(layers, latent), half)),
    width,
    { bias: true },
  );

/** Two ways to twice the side: each cell's channels laid out as 2x2, and a mixed one. */
function expand(layers: Layers, { width, lift }: Plan, x: Value): Value {
  const base = pixelShuffle(layers, layers.conv('upsample.ps_expand', x, 4 * width, { size: 1 }), 2);
  const lifted = layers.conv('upsample.lift_expand', x, 4 * lift, { size: 1, bias: false });
  return add(layers, base, mirroredConv(layers, 'upsample.lift_mix', pixelShuffle(layers, lifted, 2), width));
}

function tail(layers: Layers, { half, channels }: Plan, x: Value): Value {
  const last = mish(layers, layers.conv('tail_conv.0', x, half, { size: 1, bias: false }));
  return mirroredConv(layers, 'tail_conv.2', last, channels, { bias: true });
}

/** The 5x5 convolution of the latent enlarged bicubically, in float32: what the rest corrects is the latent itself. */
function skip(layers: Layers, { channels }: Plan, latent: Value, scale: number): Value {
  const weights = layers.require('skip_conv.weight', [channels, channels, 5, 5]);
  const kernel = layers.constant(weights.name, weights.dims, () => weights.read(), 'f32');
  const [height, width] = latent.dims.slice(2).map((side) => enlargedSide(side, scale)) as [number, number];
  const padded = padAround(layers, bicubic(layers, latent, height, width), [2, 2, 2, 2], 'reflect');
  return conv(layers, padded, kernel, null, { pads: [0, 0, 0, 0] });
}

/** The network from first to last, cut at its norms. The reaches are those at a factor of 2. */
function segmentsOf(plan: Plan): readonly Segment[] {
  const { channels, width } = plan;
  const common = { channels: width, isNormalised: false, factor: 1, isShortcut: false } as const;
  const block = (made: GatedBlock): Segment => ({
    ...common,
    isNormalised: true,
    reach: 1,
    build: (layers, x, _, moments) => gatedBlock(layers, made, x, moments),
  });
  return [
    { ...common, channels, reach: 2, build: (layers, x) => head(layers, plan, x) },
    ...plan.inBlocks.map(block),
    { ...common, factor: 2, reach: 1, build: (layers, x) => expand(layers, plan, x) },
    block(plan.refine),
    { ...common, reach: 2, build: (layers, x, scale) => reassembled(layers, plan.reassembly, x, scale) },
    ...plan.outBlocks.map(block),
    { ...common, reach: 1, build: (layers, x) => tail(layers, plan, x) },
    {
      ...common,
      channels,
      factor: 2,
      reach: 3,
      isShortcut: true,
      build: (layers, x, scale) => skip(layers, plan, x, scale),
    },
  ];
}

/** One segment as a network of its own; see `Stage`. */
function emitSegment(layers: Layers, segment: Segment, [height, width]: readonly [number, number]): Value {
  const { channels, isNormalised, isShortcut } = segment;
  const input = layers.input('features', [1, channels + (isNormalised ? 2 : 0), height, width]);
  const [features, mean, variance] = isNormalised ? split(layers, input, 1, [channels, 1, 1]) : [input];
  const x = isShortcut ? input : toBody(layers, features as Value);
  return cast(layers, segment.build(layers, x, SCALE, mean && variance && { mean, variance }), 'f32');
}

const emitter =
  (plan: Plan): Emit =>
  (layers, { height, width, stage, scale = SCALE }) => {
    const segments = segmentsOf(plan);
    const only = stage === undefined ? undefined : segments[stage];
    if (only) return emitSegment(layers, only, [height, width]);
    const latent = layers.input('latent', [1, plan.channels, height, width]);
    return segments.reduce(
      (x, { isShortcut, build }) =>
        isShortcut
          ? add(layers, cast(layers, x, 'f32'), build(layers, latent, scale))
          : build(layers, x, scale),
      latent,
    );
  };

/** How far the convolutions alone reach, in latent cells: a halo for blending, since every norm sees everything. */
const reachOf = ({ inBlocks, outBlocks }: Plan): number =>
  2 + inBlocks.length + Math.ceil((5 + outBlocks.length) / SCALE);

function describe(plan: Plan): ReadNetwork | NotIt {
  const trained = TRAINED[plan.channels];
  if (trained === undefined) {
    return `its first layer takes ${plan.channels} channels; known are those for ${listed(Object.keys(TRAINED), 'and')}`;
  }
  const families = trained.map(({ id }) => familyById(id));
  const [likeliest] = trained;
  return {
    sizes: {
      title: `SesquiLSR, x${SCALE}, ${describeChannels(plan.channels, families)}`,
      families: trained.map(({ id }) => id),
      space: likeliest?.space ?? 'raw',
      spaces: Object.fromEntries(trained.map(({ id, space }) => [id, space])),
      channels: plan.channels,
      pixelsPerCell: families[0]?.pixelsPerCell ?? 8,
      scales: [SCALE],
      // The port's filters are those for x2 alone.
      ...(plan.reassembly.net && { anyScaleTo: SCALE }),
      pixelRange: 'unit',
    },
    capabilities: { radius: { exact: false, cells: reachOf(plan) }, stages: segmentsOf(plan) },
    emit: emitter(plan),
  };
}

/**
 * SesquiLSR's upscaler (github.com/LoganBooker/SesquiLSR: upscaler_SDXL, _Flux, _Flux2, _Wan21.safetensors), and its port to Qwen-Image
 * 2.1 (kinfolk0117/ComfyUI-QwenImage21-LatentUpscale), whose filters are worked out already.
 */
export const sesquiLsr = {
  id: 'sesqui-lsr',
  title: 'SesquiLSR (SDXL, FLUX.1, FLUX.2, Wan/Qwen, Qwen-Image 2.1)',
  kinds: [
    {
      role: 'upscaler',
      label: 'a SesquiLSR latent upscaler',
      marker: /^(.*\.)?upsample\.ps_expand\.weight$/,
      owns: (name) => /^(head_conv|in_blocks|upsample|out_blocks|tail_conv|skip_conv)\./.test(name),
      read(view) {
        const plan = readPlan(view);
        return typeof plan === 'string' ? plan : describe(plan);
      },
    },
  ],
} as const satisfies Network;
