import type { Family } from '../families/family.ts';
import { FAMILIES, type FamilyId, familiesOf } from '../families/index.ts';
import { describeChannels } from '../families/sentences.ts';
import { clampUnit } from '../graph/added-ops.ts';
import type { Value } from '../graph/graph-builder.ts';
import type { Layers } from '../graph/layers.ts';
import { concat, pixelShuffle, split } from '../graph/layout-ops.ts';
import type { Emit } from '../graph/model-description.ts';
import { add, cast, conv, relu, softClamp, toBody, weight } from '../graph/ops.ts';
import type { StateView } from '../weights/state-view.ts';
import type { Network, NotIt, ReadNetwork } from './network.ts';
import {
  doublings,
  type FrameRange,
  framesBefore,
  framesPerLatent,
  framesRefusal,
  rangesFor,
  readVideoSteps,
  type VideoStep,
  videoReach,
} from './parts/taehv-plan.ts';

type Step<Kind extends VideoStep['kind']> = Extract<VideoStep, { kind: Kind }>;

/** Frames in order. Equal ones are the same value, and are computed once. */
type Clip = readonly Value[];

/** `make`, which computes nothing twice. */
function once(make: (frame: Value) => Value): (frame: Value) => Value {
  const made = new Map<Value, Value>();
  return (frame) => {
    const result = made.get(frame) ?? make(frame);
    made.set(frame, result);
    return result;
  };
}

const each = (clip: Clip, make: (frame: Value) => Value): Clip => clip.map(once(make));

/**
 * relu(convs([frame, the frame before]) + frame) of every frame from index `from` on; before the first is nothing, zeros. The first convolution
 * is taken apart into what it makes of the frame and of the one before, so that zeros cost nothing.
 */
function remember(layers: Layers, { name, width }: Step<'memory'>, clip: Clip, from = 0): Clip {
  const kernel = layers.require(`${name}.conv.0.weight`, [width, 2 * width, 3, 3]);
  const bias = weight(layers, layers.require(`${name}.conv.0.bias`, [width]));
  const half = (index: 0 | 1): Value =>
    layers.constant(`${kernel.name} half ${index}`, [width, width, 3, 3], () => {
      const values = kernel.read();
      const size = 9 * width;
      return Float32Array.from({ length: width * size }, (_, i) => {
        const at = Math.floor(i / size) * 2 * size + index * size + (i % size);
        return values[at] as number;
      });
    });
  const past = once((frame) => conv(layers, frame, half(1), null));
  return clip.slice(from).map((frame, t) => {
    const now = conv(layers, frame, half(0), bias);
    const before = clip[from + t - 1];
    const first = relu(layers, before === undefined ? now : add(layers, now, past(before)));
    const second = relu(layers, layers.conv(`${name}.conv.2`, first, width));
    return relu(layers, add(layers, layers.conv(`${name}.conv.4`, second, width), frame));
  });
}

/** Each frame into `factor` frames. */
const grow = (layers: Layers, { name, width, factor }: Step<'time'>, clip: Clip): Clip =>
  clip.flatMap((frame) => {
    const grown = layers.conv(`${name}.conv`, frame, factor * width, { size: 1, bias: false });
    return factor === 1 ? [grown] : split(layers, grown, 1, Array<number>(factor).fill(width));
  });

/** Each `factor` frames into one. */
function pool(layers: Layers, { name, width, factor }: Step<'time'>, clip: Clip): Clip {
  const known = new Map<string, Value>();
  return Array.from({ length: Math.ceil(clip.length / factor) }, (_, i) => {
    const group = clip.slice(i * factor, (i + 1) * factor);
    const key = group.map((frame) => frame.name).join(' ');
    const joined = group.length === 1 ? (group[0] as Value) : concat(layers, group, 1);
    const pooled = known.get(key) ?? layers.conv(`${name}.conv`, joined, width, { size: 1, bias: false });
    known.set(key, pooled);
    return pooled;
  });
}

/**
 * Frames [1,C,H,W] through a decoder's layers to `wanted` of its pictures; of every layer only what counts in these is computed. Where a
 * convolution doubles, the growth in time before it comes to the same at half the side.
 */
function decodeClip(layers: Layers, steps: readonly VideoStep[], latents: Clip, wanted: FrameRange): Clip {
  const ranges = rangesFor(steps, wanted);
  const rangeAt = (i: number): FrameRange => ranges[i] ?? wanted;
  const given = rangeAt(0);
  return steps.reduce(
    (clip: Clip, step, i): Clip => {
      const [{ first }, after] = [rangeAt(i), rangeAt(i + 1)];
      if (step.kind === 'memory') return remember(layers, step, clip, after.first - first);
      if (step.kind === 'time') {
        const grown = grow(layers, step, clip);
        const start = first * step.factor;
        return grown.slice(after.first - start, after.last + 1 - start);
      }
      const { name, to, hasBias } = step;
      if (!hasBias) return each(clip, (x) => layers.doubledConv(name, x, to, { bias: false }));
      const isFirst = i === 0;
      return each(clip, (x) => {
        const made = layers.conv(name, isFirst ? softClamp(layers, x) : relu(layers, x), to);
        return isFirst ? relu(layers, made) : made;
      });
    },
    latents.slice(given.first, given.last + 1),
  );
}

const encodeClip = (layers: Layers, steps: readonly VideoStep[], first: Clip): Clip =>
  steps.slice(1).reduce((clip: Clip, step): Clip => {
    if (step.kind === 'memory') return remember(layers, step, clip);
    if (step.kind === 'time') return pool(layers, step, clip);
    const { name, to, hasBias } = step;
    return each(clip, (x) => layers.conv(name, x, to, { bias: hasBias, stride: hasBias ? 1 : 2 }));
  }, first);

/** The pictures of a clip of `frames` latents that are wanted, all or the `moment`-th of its last; what the first makes but for its last precedes the clip. */
function wantedOf(steps: readonly VideoStep[], frames: number, moment: number | undefined): FrameRange {
  const each = framesPerLatent(steps);
  const last = frames * each - 1;
  if (moment === undefined) return { first: each - 1, last };
  const one = frames === 1 ? last : last - each + 1 + Math.min(moment, each - 1);
  return { first: one, last: one };
}

/**
 * [1,frames*C,H,W] latents, frame after frame, to [1,3*n,H,W] in [0,1], n = (frames - 1) * framesPerLatent + 1: what comes of the first one
 * but for the last frame precedes the clip, and is left out (as TAEHV's decode_video does). With a `moment` to that one picture.
 */
const decode =
  (steps: readonly VideoStep[], channels: number, patch: number): Emit =>
  (layers, { height, width, frames = 1, moment }) => {
    const input = toBody(layers, layers.input('latent', [1, frames * channels, height, width]));
    const latents = frames === 1 ? [input] : split(layers, input, 1, Array<number>(frames).fill(channels));
    const clip = decodeClip(layers, steps, latents, wantedOf(steps, frames, moment));
    const pictures = clip.map((x) => cast(layers, patch > 1 ? pixelShuffle(layers, x, patch) : x, 'f32'));
    const joined = pictures.length === 1 ? (pictures[0] as Value) : concat(layers, pictures, 1);
    return clampUnit(layers, joined);
  };

/** The first convolution over patches of pixels as one of their stride: kernel [out, 3, 3 * patch, 3 * patch]. */
function patchedConv(layers: Layers, step: Step<'conv'>, patch: number, x: Value): Value {
  const { name, from, to } = step;
  if (patch === 1) return layers.conv(name, x, to);
  const kernel = layers.require(`${name}.weight`, [to, from, 3, 3]);
  const side = 3 * patch;
  const wide = layers.constant(`${kernel.name} for pixels`, [to, 3, side, side], () => {
    const values = kernel.read();
    return Float32Array.from({ length: to * 3 * side * side }, (_, i) => {
      const [x, y, plane] = [i % side, Math.floor(i / side) % side, Math.floor(i / side ** 2)];
      const inner = (plane % 3) * patch ** 2 + (y % patch) * patch + (x % patch);
      const tap = 3 * Math.floor(y / patch) + Math.floor(x / patch);
      return values[(Math.floor(plane / 3) * from + inner) * 9 + tap] as number;
    });
  });
  const bias = weight(layers, layers.require(`${name}.bias`, [to]));
  return conv(layers, x, wide, bias, { stride: patch, pads: [patch, patch, patch, patch] });
}

/** A picture as a clip at rest, as long as one latent frame: [1,3,H,W] in [0,1] to [1,C,h,w]. */
const encode =
  (steps: readonly VideoStep[], patch: number): Emit =>
  (layers, { height, width }) => {
    const picture = toBody(layers, layers.input('image', [1, 3, height, width]));
    const first = relu(layers, patchedConv(layers, steps[0] as Step<'conv'>, patch, picture));
    const clip = encodeClip(layers, steps, Array<Value>(framesPerLatent(steps)).fill(first));
    return cast(layers, clip.at(-1) as Value, 'f32');
  };

const all: readonly Family<FamilyId>[] = FAMILIES;
const titleOf = (family: Family): string | null => family.autoencoders.taehv ?? null;

const readAs =
  (role: 'decoder' | 'encoder') =>
  (view: StateView): ReadNetwork | NotIt => {
    const steps = readVideoSteps(view);
    const [first, last] = [steps[0], steps.at(-1)];
    if (first?.kind !== 'conv' || last?.kind !== 'conv') {
      return 'its first and last layers are no convolutions of its kind';
    }
    if (!steps.some(({ kind }) => kind === 'time')) return 'none of its layers joins or parts frames';
    const [colours, channels] = role === 'decoder' ? [last.to, first.from] : [first.from, last.to];
    const patch = Math.sqrt(colours / 3);
    if (!Number.isInteger(patch) || patch < 1) {
      return `its ${role === 'decoder' ? 'last layer gives' : 'first layer takes'} ${colours} channels, not the 3 of a picture or of its patches`;
    }
    const pixelsPerCell = patch * doublings(steps);
    const families = familiesOf(channels).filter(
      (family) => titleOf(family) !== null && family.pixelsPerCell === pixelsPerCell,
    );
    // H3's encoder begins each chunk with black frames: its pictures are two latent frames.
    if (role === 'encoder' && families.some(({ id }) => id === 'minimax-h3')) {
      return 'MiniMax H3 makes two latent frames of one picture, which is not done here';
    }
    const [family] = families;
    return {
      sizes: {
        title: `${(family && titleOf(family)) ?? 'TAEHV-type'} video ${role}, ${describeChannels(channels, families)}`,
        families: families.map(({ id }) => id),
        space: 'model',
        channels,
        pixelsPerCell,
        scales: [],
        pixelRange: 'unit',
      },
      capabilities: {
        radius: { exact: true, cells: videoReach(steps, role) },
        ...(role === 'decoder' && { framesBefore: framesBefore(steps) }),
      },
      impossible: framesRefusal(steps),
      emit: role === 'decoder' ? decode(steps, channels, patch) : encode(steps, patch),
    };
  };

const owns = (name: string): boolean => /^\d+\./.test(name);

/**
 * TAEHV (github.com/madebyollin/taehv): tiny autoencoders of video models, layers `decoder.N` and `encoder.N`, with blocks that also see the
 * frame before. Model-space latents; RGB in [0,1].
 */
export const taehv = {
  id: 'taehv',
  title: `tiny video autoencoders (${all.flatMap((family) => titleOf(family) ?? []).join(', ')} and the like)`,
  kinds: [
    {
      role: 'decoder',
      label: 'a TAEHV-type video decoder',
      marker: /^((?:.*\.)?decoder\.)\d+\.conv\.weight$/,
      owns,
      read: readAs('decoder'),
    },
    {
      role: 'encoder',
      label: 'a TAEHV-type video encoder',
      marker: /^((?:.*\.)?encoder\.)\d+\.conv\.weight$/,
      owns,
      read: readAs('encoder'),
    },
  ],
} as const satisfies Network;
