import type { StateDict } from '../src/core/graph/index.ts';
import { type NoiseTensor, syntheticState } from '../src/core/weights/synthetic.ts';

/** Names and shapes of a checkpoint: what a network costs depends on nothing else. */
export type Shapes = readonly (readonly [name: string, shape: readonly number[]])[];

const linear = (name: string, out: number, inner: number): Shapes => [
  [`${name}.weight`, [out, inner]],
  [`${name}.bias`, [out]],
];
const conv = (name: string, out: number, inner: number, side = 3): Shapes => [
  [`${name}.weight`, [out, inner, side, side]],
  [`${name}.bias`, [out]],
];
const norm = (name: string, side: number): Shapes => [
  [`${name}.weight`, [side]],
  [`${name}.bias`, [side]],
];
const times = (count: number, each: (i: number) => Shapes): Shapes =>
  Array.from({ length: count }, (_, i) => each(i)).flat();

interface SwinShape {
  readonly channels: number;
  readonly embed: number;
  readonly groups: number;
  /** Layers of a group. */
  readonly depth: number;
  readonly heads: number;
  readonly window: number;
  readonly features: number;
  /** Factors that have a head. */
  readonly scales: readonly (2 | 4)[];
  /** LatentLift's additions: the linear skip, the context's width, width and blocks of `refine`. */
  readonly own?: { readonly context: number; readonly refine: readonly [width: number, blocks: number] };
}

function swinLayer(name: string, { embed, heads, window }: SwinShape): Shapes {
  return [
    ...norm(`${name}.norm1`, embed),
    [`${name}.attn.relative_position_bias_table`, [(2 * window - 1) ** 2, heads]],
    ...linear(`${name}.attn.qkv`, 3 * embed, embed),
    ...linear(`${name}.attn.proj`, embed, embed),
    ...norm(`${name}.norm2`, embed),
    ...linear(`${name}.mlp.fc1`, 2 * embed, embed),
    ...linear(`${name}.mlp.fc2`, embed, 2 * embed),
  ];
}

function swinHead({ channels, embed, features, own }: SwinShape, scale: number): Shapes {
  const name = `heads.x${scale}`;
  const [width, blocks] = own?.refine ?? [0, 0];
  return [
    ...conv(`${name}.conv_before.0`, features, embed),
    ...times(Math.log2(scale), (i) => conv(`${name}.upsample.${2 * i}`, 4 * features, features)),
    ...conv(`${name}.conv_last`, channels, features),
    ...(own === undefined
      ? []
      : [
          ...conv(`${name}.refine.conv_in`, width, channels + features),
          ...times(blocks, (i) =>
            [1, 2].flatMap((j) => conv(`${name}.refine.blocks.${i}.conv${j}`, width, width)),
          ),
          ...conv(`${name}.refine.conv_out`, channels, width),
        ]),
  ];
}

/** SwinIR with LUA's heads, under the key names of its release (arXiv 2511.10629). */
function swin(shape: SwinShape): Shapes {
  const { channels, embed, groups, depth, own } = shape;
  return [
    ...conv('conv_first', embed, channels),
    ...norm('patch_embed.norm', embed),
    ...times(groups, (g) => [
      ...times(depth, (i) => swinLayer(`layers.${g}.residual_group.blocks.${i}`, shape)),
      ...conv(`layers.${g}.conv`, embed, embed),
    ]),
    ...norm('norm', embed),
    ...conv('conv_after_body', embed, embed),
    ...(own === undefined
      ? []
      : [
          ...conv('context.0', own.context, channels),
          ...conv('context.2', own.context, own.context, 1),
          ...conv('context.4', embed, own.context, 1),
          ...conv('skip', 4 * channels, channels, 5),
        ]),
    ...shape.scales.flatMap((scale) => swinHead(shape, scale)),
  ];
}

/** The release of LUA for FLUX.1 latents (arXiv 2511.10629): embed 360, window 16, 12 heads, 6 groups of 6 layers. */
export const luaRelease = (): Shapes =>
  swin({
    channels: 16,
    embed: 360,
    groups: 6,
    depth: 6,
    heads: 12,
    window: 16,
    features: 256,
    scales: [2, 4],
  });

/** Our LUA (training/latentlift/shapes.py, "lua"). */
export const ownLua = (channels = 32): Shapes =>
  swin({
    channels,
    embed: 112,
    groups: 5,
    depth: 2,
    heads: 7,
    window: 8,
    features: 48,
    scales: [2],
    own: { context: 112, refine: [96, 4] },
  });

/** A plain Swin network over pixels with the trunk and the heads of our LUA: the same network where the pixels are. */
export const pixelTrunk = (): Shapes =>
  swin({ channels: 3, embed: 112, groups: 5, depth: 2, heads: 7, window: 8, features: 48, scales: [2, 4] });

/** The pixel network that is to be trained as LUA's rival (training/latentlift/shapes.py, "pixel-swin"). */
export const pixelSwin = (): Shapes =>
  swin({ channels: 3, embed: 60, groups: 5, depth: 2, heads: 6, window: 8, features: 48, scales: [2, 4] });

/** A decoder of ours (training/latentlift/shapes.py). */
export function ownDecoder(widths: readonly number[], blocks: readonly number[], context: number): Shapes {
  const first = widths[0] as number;
  return [
    ...conv('context.0', context, 32),
    ...conv('context.2', context, context, 1),
    ...conv('context.4', first, context, 1),
    ...conv('conv_in', first, 32),
    ...widths.flatMap((width, s) => [
      ...times(blocks[s] as number, (i) =>
        [1, 2].flatMap((j) => conv(`stages.${s}.blocks.${i}.conv${j}`, width, width)),
      ),
      ...conv(`stages.${s}.up`, 4 * (widths[s + 1] ?? 3), width),
    ]),
  ];
}

export const fineDecoder = (): Shapes => ownDecoder([160, 96, 56], [4, 3, 3], 160);

/** TAEF2's decoder (madebyollin/taesd): width 64, 32 channels, blocks with a pool at latent resolution. */
export function taef2Decoder(): Shapes {
  const width = 64;
  function block(at: number, isPooled: boolean): Shapes {
    return [
      ...[0, 2, 4].flatMap((i) => conv(`${at}.conv.${i}`, width, width)),
      ...(isPooled
        ? ([
            [`${at}.pool.0.weight`, [4 * width, width, 1, 1]],
            ...norm(`${at}.pool.1`, 4 * width),
            [`${at}.pool.3.weight`, [width, 4 * width, 1, 1]],
          ] as const)
        : []),
    ];
  }
  const shapes: (readonly [string, readonly number[]])[] = [...conv('1', width, 32)];
  let at = 3;
  for (let i = 0; i < 3; i++) shapes.push(...block(at++, true));
  for (const blocks of [3, 3, 1]) {
    at++; // the upsampling has no weights
    shapes.push([`${at++}.weight`, [width, width, 3, 3]]);
    for (let i = 0; i < blocks; i++) shapes.push(...block(at++, false));
  }
  return [...shapes, ...conv(`${at}`, 3, width)];
}

/** The decoder of FLUX.1's AutoencoderKL: 16 channels, widths 128 to 512, three blocks a level, CompVis' keys. */
export function flux1Decoder(): Shapes {
  const widths = [128, 256, 512, 512];
  const resnet = (name: string, inner: number, out: number): Shapes => [
    ...norm(`${name}.norm1`, inner),
    ...conv(`${name}.conv1`, out, inner),
    ...norm(`${name}.norm2`, out),
    ...conv(`${name}.conv2`, out, out),
    ...(inner === out ? [] : conv(`${name}.nin_shortcut`, out, inner, 1)),
  ];
  const levels = widths.flatMap((width, i): Shapes => {
    const entering = widths[i + 1] ?? width;
    return [
      ...times(3, (j) => resnet(`decoder.up.${i}.block.${j}`, j === 0 ? entering : width, width)),
      ...(i > 0 ? conv(`decoder.up.${i}.upsample.conv`, width, width) : []),
    ];
  });
  return [
    ...conv('decoder.conv_in', 512, 16),
    ...resnet('decoder.mid.block_1', 512, 512),
    ...norm('decoder.mid.attn_1.norm', 512),
    ...['q', 'k', 'v', 'proj_out'].flatMap((name) => conv(`decoder.mid.attn_1.${name}`, 512, 512, 1)),
    ...resnet('decoder.mid.block_2', 512, 512),
    ...levels,
    ...norm('decoder.norm_out', 128),
    ...conv('decoder.conv_out', 3, 128),
  ];
}

/** Weights of noise in these shapes, scaled so that values neither grow nor vanish. */
export const noisy = (shapes: Shapes): StateDict =>
  syntheticState(
    shapes.map(([name, shape]): NoiseTensor => {
      const inner = shape.slice(1).reduce((product, side) => product * side, 1);
      const isNorm = shape.length === 1 && name.endsWith('weight');
      return { name, shape, scale: shape.length > 1 ? (3 / inner) ** 0.5 : 0.1, offset: isNorm ? 1 : 0 };
    }),
  );

/** The same without values, for whoever asks what a network is and costs. */
export const withoutValues = (shapes: Shapes): StateDict =>
  new Map(shapes.map(([name, shape]) => [name, { name, dtype: 'F32', shape, bytes: new Uint8Array(0) }]));
