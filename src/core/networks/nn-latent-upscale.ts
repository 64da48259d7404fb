import { familyById } from '../families/index.ts';
import { describeChannels } from '../families/sentences.ts';
import { silu } from '../graph/added-ops.ts';
import type { Value } from '../graph/graph-builder.ts';
import type { Layers } from '../graph/layers.ts';
import { bilinearDouble } from '../graph/layout-ops.ts';
import type { Emit } from '../graph/model-description.ts';
import { add, cast, conv, multiply, toBody, weight } from '../graph/ops.ts';
import type { StateView } from '../weights/state-view.ts';
import type { Network, ReadNetwork } from './network.ts';
import { type CellAttention, cellAttention, readCellAttention } from './parts/cell-attention.ts';

/** Of every norm; the epsilon is torch's default. */
const GROUPS = 32;
const EPSILON = 1e-5;
/** What its node multiplies raw latents by, those of SD 1.x as well as SDXL's. */
const SCALING = 0.13025;
const CHANNELS = 4;
/** Those it was trained for: files of each have the same shapes, and their names tell. */
const families = [familyById('sdxl'), familyById('sd1')];
/** It is made for any factor from 1 to 2, and told the factor less 1. */
const SCALE = 2;

interface Block {
  readonly name: string;
  /** Null for a residual block. */
  readonly attention: CellAttention | null;
}

interface Plan {
  readonly width: number;
  /** Length of the vector that tells the factor. */
  readonly embedding: number;
  readonly inBlocks: readonly Block[];
  readonly outBlocks: readonly Block[];
}

const readBlocks = (view: StateView, stem: string): Block[] =>
  Array.from({ length: view.count(stem) }, (_, i): Block => {
    const name = `${stem}${i}`;
    if (!view.has(`${name}.q.weight`)) return { name, attention: null };
    const attention = readCellAttention(view, {
      norm: `${name}.norm`,
      query: `${name}.q`,
      key: `${name}.k`,
      value: `${name}.v`,
      out: `${name}.proj_out`,
    });
    return { name, attention };
  });

/** A torch.nn.Linear for one vector, worked out while the graph is written. */
function vectorLayer(layers: Layers, name: string, inner: number, out: number) {
  const matrix = layers.require(`${name}.weight`, [out, inner]);
  const bias = layers.require(`${name}.bias`, [out]);
  return (x: readonly number[]): number[] => {
    const [rows, offsets] = [matrix.read(), bias.read()];
    return Array.from(offsets, (offset, row) =>
      x.reduce((sum, value, i) => sum + (rows[row * inner + i] as number) * value, offset),
    );
  };
}

const siluOf = (x: number): number => x / (1 + Math.exp(-x));

/** The vector that tells the factor, after the SiLU with which every block begins to read it. */
function factorVector(layers: Layers, { embedding }: Plan): () => readonly number[] {
  const first = vectorLayer(layers, 'embed.0', 1, embedding);
  const second = vectorLayer(layers, 'embed.2', embedding, embedding);
  let known: readonly number[] | null = null;
  return () => {
    known ??= second(first([SCALE - 1]).map(siluOf)).map(siluOf);
    return known;
  };
}

const active = (layers: Layers, name: string, x: Value): Value =>
  silu(layers, layers.groupNorm(name, x, GROUPS, EPSILON));

/**
 * x + conv(silu(norm(conv(silu(norm(x))) + word))), where the word on the factor is one number a channel: it never changes, and
 * goes into the first convolution's bias.
 */
function residual(
  layers: Layers,
  name: string,
  plan: Plan,
  vector: () => readonly number[],
  x: Value,
): Value {
  const { width, embedding } = plan;
  const kernel = layers.require(`${name}.in_layers.2.weight`, [width, width, 3, 3]);
  const bias = layers.require(`${name}.in_layers.2.bias`, [width]);
  const word = vectorLayer(layers, `${name}.emb_layers.1`, embedding, width);
  const told = layers.constant(`${bias.name} for x${SCALE}`, [width], () => {
    const added = word(vector());
    return bias.read().map((value, channel) => value + (added[channel] as number));
  });
  const inner = conv(layers, active(layers, `${name}.in_layers.0`, x), weight(layers, kernel), told);
  return add(
    layers,
    x,
    layers.conv(`${name}.out_layers.3`, active(layers, `${name}.out_layers.0`, inner), width),
  );
}

/** Times one number, in float32 at either end of the network. */
const times = (layers: Layers, x: Value, factor: number): Value =>
  multiply(
    layers,
    x,
    layers.constant(`times ${factor}`, [], () => Float32Array.of(factor), 'f32'),
  );

const emitter =
  (plan: Plan): Emit =>
  (layers, { height, width }) => {
    const vector = factorVector(layers, plan);
    const run = (blocks: readonly Block[], input: Value): Value =>
      blocks.reduce(
        (x, { name, attention }) =>
          attention
            ? cellAttention(layers, attention, x, GROUPS, EPSILON)
            : residual(layers, name, plan, vector, x),
        input,
      );
    const latent = times(layers, layers.input('latent', [1, CHANNELS, height, width]), SCALING);
    const low = run(plan.inBlocks, layers.conv('conv_in', toBody(layers, latent), plan.width));
    const high = run(plan.outBlocks, bilinearDouble(layers, low));
    const last = layers.conv('conv_out', active(layers, 'norm_out', high), CHANNELS);
    return times(layers, cast(layers, last, 'f32'), 1 / SCALING);
  };

/** How far the convolutions alone reach, in latent cells: a halo for blending, since norms and attention see everything. */
function reachOf({ inBlocks, outBlocks }: Plan): number {
  const steps = (blocks: readonly Block[]): number =>
    2 * blocks.filter((block) => !block.attention).length + 1;
  return steps(inBlocks) + 1 + Math.ceil(steps(outBlocks) / SCALE);
}

function describe(plan: Plan): ReadNetwork {
  return {
    sizes: {
      title: `NNLatentUpscale, x${SCALE}, ${describeChannels(CHANNELS, families)}`,
      families: families.map(({ id }) => id),
      space: 'raw',
      channels: CHANNELS,
      pixelsPerCell: 8,
      scales: [SCALE],
      pixelRange: 'unit',
    },
    capabilities: { radius: { exact: false, cells: reachOf(plan) } },
    emit: emitter(plan),
  };
}

/**
 * NNLatentUpscale's LatentResizer (github.com/Ttl/ComfyUi_NNLatentUpscale: sdxl_resizer.pt, sd15_resizer.pt): raw latent of SDXL or
 * SD 1.x to one of twice the side. Its kin for latents of more channels scale them otherwise, and are told apart by those.
 */
export const nnLatentUpscale = {
  id: 'nn-latent-upscale',
  title: `NNLatentUpscale (${families.map(({ shortTitle }) => shortTitle).join(', ')})`,
  kinds: [
    {
      role: 'upscaler',
      label: 'an NNLatentUpscale resizer',
      marker: /^(.*\.)?in_blocks\.\d+\.emb_layers\.1\.weight$/,
      owns: (name) => /^(conv_in|conv_out|norm_out|embed|in_blocks|out_blocks)\./.test(name),
      read(view) {
        const channels = view.side('conv_in.weight', 1);
        if (view.has('conv_in.weight') && channels !== CHANNELS) {
          return `its first layer takes ${channels} channels; known are resizers for the ${CHANNELS} of SDXL and SD 1.x`;
        }
        return describe({
          width: view.side('conv_in.weight', 0),
          embedding: view.side('embed.0.weight', 0),
          inBlocks: readBlocks(view, 'in_blocks.'),
          outBlocks: readBlocks(view, 'out_blocks.'),
        });
      },
    },
  ],
} as const satisfies Network;
