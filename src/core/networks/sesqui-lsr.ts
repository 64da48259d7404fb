import { type FamilyId, familyById } from '../families/index.ts';
import { describeChannels, listed } from '../families/sentences.ts';
import type { Value } from '../graph/graph-builder.ts';
import type { Layers } from '../graph/layers.ts';
import { bicubicDouble, padAround, pixelShuffle } from '../graph/layout-ops.ts';
import type { Emit } from '../graph/model-description.ts';
import { add, cast, conv, mish, toBody } from '../graph/ops.ts';
import type { LatentSpace } from '../latent/latent.ts';
import type { StateView } from '../weights/state-view.ts';
import type { Network, NotIt, ReadNetwork } from './network.ts';
import { type GatedBlock, gatedBlock, mirroredConv, readGatedBlock } from './parts/gated-block.ts';
import { type Reassembly, readReassembly, reassemblyKernel, TAPS } from './parts/sesqui-taps.ts';

/** Made for any factor from 1 to 2. At 2 its filters are the same for every sample, and that is what is built. */
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

const run = (layers: Layers, blocks: readonly GatedBlock[], input: Value): Value =>
  blocks.reduce((x, block) => gatedBlock(layers, block, x), input);

/** Two ways up (each cell's channels laid out as 2x2, and a mixed one), one more block, and the filter of 4x4 samples a channel. */
function upsample(layers: Layers, { width, lift, refine, reassembly }: Plan, x: Value): Value {
  const base = pixelShuffle(layers, layers.conv('upsample.ps_expand', x, 4 * width, { size: 1 }), 2);
  const lifted = layers.conv('upsample.lift_expand', x, 4 * lift, { size: 1, bias: false });
  const mixed = mirroredConv(layers, 'upsample.lift_mix', pixelShuffle(layers, lifted, 2), width);
  const refined = padAround(
    layers,
    gatedBlock(layers, refine, add(layers, base, mixed)),
    [1, 1, 2, 2],
    'edge',
  );
  const kernel = layers.constant(
    `filters for x${SCALE}`,
    [width, 1, TAPS, TAPS],
    reassemblyKernel(layers, reassembly),
  );
  return conv(layers, refined, kernel, null, { groups: width, pads: [0, 0, 0, 0] });
}

/** The 5x5 convolution of the bicubic double, in float32: what the rest corrects is the latent itself. */
function skip(layers: Layers, channels: number, latent: Value): Value {
  const weights = layers.require('skip_conv.weight', [channels, channels, 5, 5]);
  const kernel = layers.constant(weights.name, weights.dims, () => weights.read(), 'f32');
  const padded = padAround(layers, bicubicDouble(layers, latent), [2, 2, 2, 2], 'reflect');
  return conv(layers, padded, kernel, null, { pads: [0, 0, 0, 0] });
}

const emitter =
  (plan: Plan): Emit =>
  (layers, { height, width }) => {
    const { channels, half } = plan;
    const latent = layers.input('latent', [1, channels, height, width]);
    const first = mish(layers, mirroredConv(layers, 'head_conv.0', toBody(layers, latent), half));
    const low = run(
      layers,
      plan.inBlocks,
      mirroredConv(layers, 'head_conv.2', first, plan.width, { bias: true }),
    );
    const high = run(layers, plan.outBlocks, upsample(layers, plan, low));
    const last = mish(layers, layers.conv('tail_conv.0', high, half, { size: 1, bias: false }));
    const correction = mirroredConv(layers, 'tail_conv.2', last, channels, { bias: true });
    return add(layers, cast(layers, correction, 'f32'), skip(layers, channels, latent));
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
      pixelRange: 'unit',
    },
    capabilities: { radius: { exact: false, cells: reachOf(plan) } },
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
