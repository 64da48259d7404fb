import { toFloat32 } from '../../container/to-float32.ts';
import { familiesOf } from '../../families/index.ts';
import { describeChannels } from '../../families/sentences.ts';
import type { StateView } from '../../weights/state-view.ts';
import type { GraphBuilder, Value } from '../graph-builder.ts';
import { nearestThenConv } from '../layout-ops.ts';
import type { NetworkKind } from '../model-description.ts';
import { add, cast, conv, convWeight, groupNorm, silu, toBody } from '../ops.ts';
import { cellAttention } from './kl-attention.ts';
import { type KlBlock, type KlPlan, type KlRole, klReach, klTailReach, readKlPlan } from './kl-plan.ts';

/** Of every GroupNorm in every published AutoencoderKL. */
const GROUPS = 32;
const EPSILON = 1e-6;

const normed = (b: GraphBuilder, view: StateView, name: string, x: Value): Value => {
  const side = x.dims[1] ?? 0;
  return groupNorm(
    b,
    x,
    GROUPS,
    view.take(`${name}.weight`, [side]),
    view.take(`${name}.bias`, [side]),
    EPSILON,
  );
};

const convolve = (b: GraphBuilder, view: StateView, name: string, x: Value, out: number, size = 3): Value =>
  convWeight(
    b,
    x,
    view.take(`${name}.weight`, [out, x.dims[1] ?? 0, size, size]),
    view.take(`${name}.bias`, [out]),
  );

/** x + conv2(silu(norm2(conv1(silu(norm1(x)))))), with a 1x1 convolution on x where the channels change. */
const resnet = (
  b: GraphBuilder,
  view: StateView,
  { name, out }: KlBlock,
  x: Value,
  shortcut: string,
): Value => {
  const inner = convolve(b, view, `${name}.conv1`, silu(b, normed(b, view, `${name}.norm1`, x)), out);
  const y = convolve(b, view, `${name}.conv2`, silu(b, normed(b, view, `${name}.norm2`, inner)), out);
  return add(b, x.dims[1] === out ? x : convolve(b, view, `${name}.${shortcut}`, x, out, 1), y);
};

const middle = (b: GraphBuilder, view: StateView, plan: KlPlan, input: Value): Value => {
  const [first, attention, second] = plan.middle;
  let x = resnet(b, view, first, input, plan.shortcut);
  if (attention) x = cellAttention(b, view, attention, x, GROUPS, EPSILON);
  return resnet(b, view, second, x, plan.shortcut);
};

const widthOf = (plan: KlPlan): number => plan.middle[0].out;

/** From the latent to the features at its resolution: attention sees all cells here, and nowhere else. */
const decodeLatent = (b: GraphBuilder, view: StateView, plan: KlPlan, latent: Value): Value => {
  const x = plan.quant ? convolve(b, view, plan.quant, latent, plan.channels, 1) : latent;
  return middle(b, view, plan, convolve(b, view, plan.convIn, x, widthOf(plan)));
};

const decodePixels = (b: GraphBuilder, view: StateView, plan: KlPlan, features: Value): Value => {
  let x = features;
  for (const { blocks, resample } of plan.levels) {
    for (const block of blocks) x = resnet(b, view, block, x, plan.shortcut);
    if (resample) {
      const side = x.dims[1] ?? 0;
      const kernel = view.take(`${resample}.weight`, [side, side, 3, 3]);
      x = nearestThenConv(b, x, kernel, view.take(`${resample}.bias`, [side]));
    }
  }
  return convolve(b, view, plan.convOut, silu(b, normed(b, view, plan.normOut, x)), 3);
};

const encode = (b: GraphBuilder, view: StateView, plan: KlPlan, image: Value): Value => {
  let x = convolve(b, view, plan.convIn, image, plan.levels[0]?.blocks[0]?.out ?? 0);
  for (const { blocks, resample } of plan.levels) {
    for (const block of blocks) x = resnet(b, view, block, x, plan.shortcut);
    if (resample) {
      const side = x.dims[1] ?? 0;
      const kernel = view.take(`${resample}.weight`, [side, side, 3, 3]);
      // Stride 2 with the padding on the right and bottom only.
      const pads = [0, 0, 1, 1] as const;
      x = convWeight(b, x, kernel, view.take(`${resample}.bias`, [side]), { stride: 2, pads });
    }
  }
  x = silu(b, normed(b, view, plan.normOut, middle(b, view, plan, x)));
  if (!plan.quant) return mean(b, view, plan.convOut, x, plan.channels, 3);
  return mean(b, view, plan.quant, convolve(b, view, plan.convOut, x, 2 * plan.channels), plan.channels, 1);
};

/** The first half of the last convolution's outputs: the posterior's mean; its variance is not computed. */
const mean = (
  b: GraphBuilder,
  view: StateView,
  name: string,
  x: Value,
  channels: number,
  size: number,
): Value => {
  const inner = x.dims[1] ?? 0;
  const kernel = view.take(`${name}.weight`, [2 * channels, inner, size, size]);
  const bias = view.take(`${name}.bias`, [2 * channels]);
  const half = b.constant(`${kernel.name} mean`, [channels, inner, size, size], () =>
    kernel.read().subarray(0, channels * inner * size * size),
  );
  return conv(
    b,
    x,
    half,
    b.constant(`${bias.name} mean`, [channels], () => bias.read().subarray(0, channels)),
  );
};

/** The statistics that FLUX.2's file carries for its model space (facts: latents.md), if any. */
const batchNorm = (
  view: StateView,
  channels: number,
): { mean: readonly number[]; variance: readonly number[] } | null => {
  const [mean, variance] = [view.tensor('bn.running_mean'), view.tensor('bn.running_var')];
  // Values are read for a network's own channels only, packed 2 x 2 as FLUX.2's are: a file may claim any number.
  const isOfLatent = [mean, variance].every((tensor) => tensor?.shape.join() === `${4 * channels}`);
  return mean && variance && isOfLatent
    ? { mean: [...toFloat32(mean)], variance: [...toFloat32(variance)] }
    : null;
};

const describeAs =
  (role: KlRole): NetworkKind['describe'] =>
  (view) => {
    const plan = readKlPlan(view, role);
    if (!plan) return null;
    const { channels, pixelsPerCell, style } = plan;
    const families = familiesOf(channels).filter(({ autoencoders }) => autoencoders.kl);
    return {
      title: `AutoencoderKL ${role}, ${describeChannels(channels, families)}`,
      families: families.map(({ id }) => id),
      space: 'raw',
      channels,
      pixelsPerCell,
      scales: [],
      pixelRange: 'signed',
      radius: { exact: false, cells: klReach(plan, role) },
      seam:
        role === 'decoder'
          ? { channels: widthOf(plan), radius: { exact: false, cells: klTailReach(plan) } }
          : null,
      config: {
        style,
        width: widthOf(plan),
        levels: plan.levels.map(({ blocks }) => blocks.map(({ out }) => out)),
        hasQuantConv: plan.quant !== null,
        hasAttention: plan.middle[1] !== null,
        batchNorm: batchNorm(view, channels),
        // SDXL's activations pass 65504 (facts: onnxruntime-web.md, section 4), and shapes do not tell it from SD 1.x.
        mayOverflowHalf: channels === 4,
      },
    };
  };

const requirePlan = (view: StateView, role: KlRole): KlPlan => {
  const plan = readKlPlan(view, role);
  if (!plan) throw new TypeError(`no ${role} under ${view.prefix}`);
  return plan;
};

/** What stands before either half's name, or before its own names where the half was saved alone. */
const marker = /^(.*?)(?:(?:de|en)coder\.)?(?:mid\.block_[12]|mid_block\.resnets\.[01])\./;

const ownNames = (role: KlRole): RegExp => {
  const [side, quant] = role === 'decoder' ? ['up', 'post_quant_conv'] : ['down', 'quant_conv'];
  return new RegExp(
    `^(${role}|${quant}|conv_in|conv_out|mid|mid_block|${side}|${side}_blocks|norm_out|conv_norm_out)\\.`,
  );
};

const kind = (
  role: KlRole,
): Pick<NetworkKind, 'architecture' | 'role' | 'label' | 'marker' | 'owns' | 'describe'> => ({
  architecture: 'autoencoder-kl',
  role,
  label: `an AutoencoderKL ${role}`,
  marker,
  owns: (name) => ownNames(role).test(name),
  describe: describeAs(role),
});

/** The decoder of SD 1/2, SDXL, SD 3, FLUX.1 and FLUX.2 (CompVis' and diffusers' keys): raw latent to RGB about [-1, 1]. */
export const klDecoder: NetworkKind = {
  ...kind('decoder'),
  emit(b, view, { channels, part }, { height, width }) {
    const plan = requirePlan(view, 'decoder');
    const input = toBody(b, b.input(part === 'pixels' ? 'features' : 'latent', [1, channels, height, width]));
    const features = part === 'pixels' ? input : decodeLatent(b, view, plan, input);
    return cast(b, part === 'latent' ? features : decodePixels(b, view, plan, features), 'f32');
  },
};

/** Its encoder: RGB in [-1, 1] to the posterior's mean, a raw latent. */
export const klEncoder: NetworkKind = {
  ...kind('encoder'),
  emit(b, view, _description, { height, width }) {
    const image = toBody(b, b.input('image', [1, 3, height, width]));
    return cast(b, encode(b, view, requirePlan(view, 'encoder'), image), 'f32');
  },
};
