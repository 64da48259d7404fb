import { FAMILIES, familiesOf } from '../families/index.ts';
import { describeChannels } from '../families/sentences.ts';
import { silu } from '../graph/added-ops.ts';
import type { GraphBuilder, Value } from '../graph/graph-builder.ts';
import type { Layers } from '../graph/layers.ts';
import { nearestThenConv } from '../graph/layout-ops.ts';
import type { Emit } from '../graph/model-description.ts';
import { add, type ConvShape, cast, toBody } from '../graph/ops.ts';
import { convInSums } from '../graph/partial-sums.ts';
import type { StateView, Weight } from '../weights/state-view.ts';
import type { Network, NotIt, ReadNetwork } from './network.ts';
import { cellAttention } from './parts/cell-attention.ts';
import { type KlBlock, type KlPlan, type KlRole, klReach, klTailReach, readKlPlan } from './parts/kl-plan.ts';

/** Of every GroupNorm in every published AutoencoderKL. */
const GROUPS = 32;
const EPSILON = 1e-6;

/**
 * Products that half precision adds up at once: 64 channels of 3x3. All of FLUX.2's small decoder's (3456) are 2.9 % off in Firefox, where
 * 2 % is allowed.
 */
const SUMMED = 576;

/** A convolution in such sums. */
function inSums(
  b: GraphBuilder,
  x: Value,
  kernel: Weight,
  bias: Weight | null,
  shape: ConvShape = {},
): Value {
  const [, , height = 1, width = 1] = kernel.dims;
  return convInSums(b, x, kernel, bias, { ...shape, most: Math.floor(SUMMED / (height * width)) });
}

type Kernel = readonly [kernel: Weight, bias: Weight];

const kernelOf = (layers: Layers, name: string, x: Value, out: number): Kernel => [
  layers.require(`${name}.weight`, [out, x.dims[1] as number, 3, 3]),
  layers.require(`${name}.bias`, [out]),
];

/** torch.nn.Conv2d of 3x3. */
const convolve = (layers: Layers, name: string, x: Value, out: number, shape?: ConvShape): Value =>
  inSums(layers, x, ...kernelOf(layers, name, x, out), shape);

/** The activation before every convolution of a block: silu(norm(x)). */
const active = (layers: Layers, name: string, x: Value): Value =>
  silu(layers, layers.groupNorm(name, x, GROUPS, EPSILON));

/** x + conv2(silu(norm2(conv1(silu(norm1(x)))))), with a 1x1 convolution on x where the channels change. */
function resnet(layers: Layers, { name, out }: KlBlock, x: Value, shortcut: string): Value {
  const inner = convolve(layers, `${name}.conv1`, active(layers, `${name}.norm1`, x), out);
  const y = convolve(layers, `${name}.conv2`, active(layers, `${name}.norm2`, inner), out);
  return add(layers, x.dims[1] === out ? x : layers.conv(`${name}.${shortcut}`, x, out, { size: 1 }), y);
}

function middle(layers: Layers, { middle: [first, attention, second], shortcut }: KlPlan, input: Value) {
  let x = resnet(layers, first, input, shortcut);
  if (attention) x = cellAttention(layers, attention, x, GROUPS, EPSILON);
  return resnet(layers, second, x, shortcut);
}

const widthOf = (plan: KlPlan): number => plan.middle[0].out;

/** From the latent to the features at its resolution: attention sees all cells here, and nowhere else. */
function decodeLatent(layers: Layers, plan: KlPlan, latent: Value): Value {
  const x = plan.quant ? layers.conv(plan.quant, latent, plan.channels, { size: 1 }) : latent;
  return middle(layers, plan, convolve(layers, plan.convIn, x, widthOf(plan)));
}

function decodePixels(layers: Layers, plan: KlPlan, features: Value, colours: 3 | 4): Value {
  let x = features;
  for (const { blocks, resample } of plan.levels) {
    for (const block of blocks) x = resnet(layers, block, x, plan.shortcut);
    if (resample) {
      x = nearestThenConv(layers, x, ...kernelOf(layers, resample, x, x.dims[1] as number), inSums);
    }
  }
  return convolve(layers, plan.convOut, active(layers, plan.normOut, x), colours);
}

const decode =
  (plan: KlPlan, colours: 3 | 4): Emit =>
  (layers, { height, width, part }) => {
    const isPixels = part === 'pixels';
    const side = isPixels ? widthOf(plan) : plan.channels;
    const input = layers.input(isPixels ? 'features' : 'latent', [1, side, height, width]);
    const x = toBody(layers, input);
    const features = isPixels ? x : decodeLatent(layers, plan, x);
    return cast(layers, part === 'latent' ? features : decodePixels(layers, plan, features, colours), 'f32');
  };

/** The first half of the last convolution's outputs: the posterior's mean; its variance is not computed. */
function mean(layers: Layers, name: string, x: Value, channels: number, size: number): Value {
  const inner = x.dims[1] as number;
  const kernel = layers.require(`${name}.weight`, [2 * channels, inner, size, size]);
  const bias = layers.require(`${name}.bias`, [2 * channels]);
  const firstOf = (all: Weight, dims: readonly number[]): Weight => ({
    name: `${all.name} mean`,
    dims,
    read: () =>
      all.read().subarray(
        0,
        dims.reduce((product, side) => product * side, 1),
      ),
  });
  return inSums(layers, x, firstOf(kernel, [channels, inner, size, size]), firstOf(bias, [channels]));
}

const encode =
  (plan: KlPlan): Emit =>
  (layers, { height, width }) => {
    const { channels, convIn, convOut, quant } = plan;
    const image = toBody(layers, layers.input('image', [1, 3, height, width]));
    let x = convolve(layers, convIn, image, plan.levels[0]?.blocks[0]?.out ?? 0);
    for (const { blocks, resample } of plan.levels) {
      for (const block of blocks) x = resnet(layers, block, x, plan.shortcut);
      // Stride 2 with the padding on the right and bottom only.
      if (resample) x = convolve(layers, resample, x, x.dims[1] as number, { stride: 2, pads: [0, 0, 1, 1] });
    }
    x = active(layers, plan.normOut, middle(layers, plan, x));
    const latent = quant
      ? mean(layers, quant, convolve(layers, convOut, x, 2 * channels), channels, 1)
      : mean(layers, convOut, x, channels, 3);
    return cast(layers, latent, 'f32');
  };

const readAs =
  (role: KlRole) =>
  (view: StateView): ReadNetwork | NotIt => {
    const plan = readKlPlan(view, role);
    if (!plan) return `it has no levels of ${role === 'decoder' ? 'an up' : 'a down'}sampling path`;
    const { channels, pixelsPerCell } = plan;
    const families = familiesOf(channels).filter(({ autoencoders }) => autoencoders.kl);
    const isDecoder = role === 'decoder';
    // A fourth output is opacity, as in the autoencoders of layered pictures.
    const hasAlpha = isDecoder && view.side(`${plan.convOut}.weight`, 0) === 4;
    return {
      sizes: {
        title: `AutoencoderKL ${role}, ${describeChannels(channels, families)}${hasAlpha ? ', with opacity' : ''}`,
        families: families.map(({ id }) => id),
        space: 'raw',
        channels,
        pixelsPerCell,
        scales: [],
        pixelRange: 'signed',
        ...(hasAlpha && { hasAlpha }),
      },
      capabilities: {
        radius: { exact: false, cells: klReach(plan, role) },
        seam: isDecoder
          ? { channels: widthOf(plan), radius: { exact: false, cells: klTailReach(plan) } }
          : null,
        // SDXL's activations pass 65504 (its authors run it in float32), and shapes do not tell it from SD 1.x.
        halfSafe: channels !== 4,
      },
      emit: isDecoder ? decode(plan, hasAlpha ? 4 : 3) : encode(plan),
    };
  };

/** What stands before either half's name, or before its own names where the half was saved alone. */
const marker = /^(.*?)(?:(?:de|en)coder\.)?(?:mid\.block_[12]|mid_block\.resnets\.[01])\./;

function ownNames(role: KlRole): RegExp {
  const [side, quant] = role === 'decoder' ? ['up', 'post_quant_conv'] : ['down', 'quant_conv'];
  return new RegExp(
    `^(${role}|${quant}|conv_in|conv_out|mid|mid_block|${side}|${side}_blocks|norm_out|conv_norm_out)\\.`,
  );
}

function half<Role extends KlRole>(role: Role) {
  const own = ownNames(role);
  return {
    role,
    label: `an AutoencoderKL ${role}`,
    marker,
    owns: (name: string): boolean => own.test(name),
    read: readAs(role),
  };
}

/**
 * The halves of SD 1/2, SDXL, SD 3, FLUX.1 and FLUX.2 (CompVis' and diffusers' keys): a raw latent to RGB about [-1, 1], and RGB
 * in [-1, 1] to the posterior's mean, a raw latent. FLUX.2's file carries its batch norm beside them, which is no part of either.
 */
export const autoencoderKl = {
  id: 'autoencoder-kl',
  title: `AutoencoderKL (${FAMILIES.flatMap((f) => (f.autoencoders.kl ? f.shortTitle : [])).join(', ')})`,
  kinds: [half('decoder'), half('encoder')],
} as const satisfies Network;
