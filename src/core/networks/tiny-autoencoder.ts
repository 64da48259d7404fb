import type { Family } from '../families/family.ts';
import { FAMILIES, type FamilyId, familiesOf } from '../families/index.ts';
import { describeChannels } from '../families/sentences.ts';
import type { Value } from '../graph/graph-builder.ts';
import type { Layers } from '../graph/layers.ts';
import { pixelShuffle } from '../graph/layout-ops.ts';
import type { Capabilities, Emit } from '../graph/model-description.ts';
import { add, cast, relu, softClamp, toBody } from '../graph/ops.ts';
import type { StateView } from '../weights/state-view.ts';
import type { Network, NotIt, ReadNetwork } from './network.ts';
import { addPool } from './parts/picture-context.ts';
import { cutAtPixels, pixelsPerCell, readTinySteps, type TinyStep, tinyReach } from './parts/tiny-plan.ts';

type Block = TinyStep & { readonly kind: 'block' };
type Convolution = TinyStep & { readonly kind: 'conv' };

/** relu(convs(x) + skip(x)); a pooled block first adds a branch that sees the whole picture through its GroupNorm. */
function block(layers: Layers, { name, from, to, isPooled }: Block, input: Value): Value {
  const x = isPooled ? addPool(layers, `${name}.pool`, input, 4) : input;
  const first = relu(layers, layers.conv(`${name}.conv.0`, x, to));
  const second = relu(layers, layers.conv(`${name}.conv.2`, first, to));
  const inner = layers.conv(`${name}.conv.4`, second, to);
  const skip = from === to ? x : layers.conv(`${name}.skip`, x, to, { size: 1, bias: false });
  return relu(layers, add(layers, inner, skip));
}

function convolution(layers: Layers, { name, to, hasBias, mode }: Convolution, x: Value): Value {
  const options = { bias: hasBias };
  switch (mode) {
    case 'plain':
      return layers.conv(name, x, to, options);
    case 'then-relu':
      return relu(layers, layers.conv(name, x, to, options));
    case 'doubled':
      return layers.doubledConv(name, x, to, options);
    case 'halved':
      return layers.conv(name, x, to, { ...options, stride: 2 });
    case 'halved-then-relu':
      return relu(layers, layers.conv(name, x, to, { ...options, stride: 2 }));
  }
}

const run = (layers: Layers, steps: readonly TinyStep[], input: Value): Value =>
  steps.reduce(
    (x, step) => (step.kind === 'block' ? block(layers, step, x) : convolution(layers, step, x)),
    input,
  );

/** Sides of the patches that a decoder's last layer gives, and the channels of its picture: 3 colours, and opacity or not. */
function patchesOf(colours: number): { readonly patch: number; readonly colours: number } {
  return colours === 12 || colours === 16 ? { patch: 2, colours: colours / 4 } : { patch: 1, colours };
}

function decode(steps: readonly TinyStep[], channels: number, patch: number): Emit {
  const [latent, pixels] = cutAtPixels(steps);
  const last = (layers: Layers, x: Value): Value =>
    cast(layers, patch > 1 ? pixelShuffle(layers, x, patch) : x, 'f32');
  return (layers, { height, width, part }) => {
    const isPixels = part === 'pixels';
    const side = isPixels ? (latent.at(-1)?.to ?? 0) : channels;
    const input = layers.input(isPixels ? 'features' : 'latent', [1, side, height, width]);
    const x = toBody(layers, input);
    if (isPixels) return last(layers, run(layers, pixels, x));
    const clamped = softClamp(layers, x);
    if (part === 'latent') return cast(layers, run(layers, latent, clamped), 'f32');
    return last(layers, run(layers, steps, clamped));
  };
}

const encode =
  (steps: readonly TinyStep[]): Emit =>
  (layers, { height, width }) => {
    const rgb = toBody(layers, layers.input('image', [1, 3, height, width]));
    return cast(layers, run(layers, steps, rgb), 'f32');
  };

/** The families with a tiny autoencoder of these channels whose cells come nearest in size. */
function familiesFor(channels: number, pixels: number): readonly Family<FamilyId>[] {
  const fitting = familiesOf(channels).filter(({ autoencoders }) => autoencoders.tiny !== null);
  const distance = ({ pixelsPerCell: size }: Family): number => Math.abs(size - pixels);
  const nearest = Math.min(...fitting.map(distance));
  return fitting.filter((family) => distance(family) === nearest);
}

/** The one that is known to be so, by its name; several families' are alike. */
function nameOf(families: readonly Family[], isPooled: boolean): string {
  const [tiny, ...more] = families.map(({ autoencoders }) => autoencoders.tiny);
  return tiny && more.length === 0 && tiny.isPooled === isPooled ? tiny.title : 'TAESD-type';
}

/** Pools stand at latent resolution only, so that what follows can be tiled exactly; where one does not, there is no seam. */
function seamOf(steps: readonly TinyStep[]): Capabilities['seam'] {
  const [latent, pixels] = cutAtPixels(steps);
  const isBounded = pixels.every((step) => step.kind === 'conv' || !step.isPooled);
  return isBounded
    ? { channels: latent.at(-1)?.to ?? 0, radius: { exact: true, cells: tinyReach(pixels, 'decoder') } }
    : null;
}

const readAs =
  (role: 'decoder' | 'encoder') =>
  (view: StateView): ReadNetwork | NotIt => {
    const steps = readTinySteps(view, role);
    const [first, last] = [steps[0], steps.at(-1)];
    if (first?.kind !== 'conv' || last?.kind !== 'conv') {
      return 'its first and last layers are no convolutions';
    }
    const [given, channels] = role === 'decoder' ? [last.to, first.from] : [first.from, last.to];
    const { patch, colours } = role === 'decoder' ? patchesOf(given) : { patch: 1, colours: given };
    const pixels = patch * pixelsPerCell(steps);
    const families = familiesFor(channels, pixels);
    // An encoder to four channels looks like a decoder with opacity of three-channel latents, which no family has.
    const hasAlpha = role === 'decoder' && colours === 4 && families.length > 0;
    if ((colours !== 3 && !hasAlpha) || (patch > 1 && families.length === 0)) {
      return `its ${role === 'decoder' ? 'last layer gives' : 'first layer takes'} ${given} channels, not the 3 of a picture`;
    }
    const isPooled = steps.some((step) => step.kind === 'block' && step.isPooled);
    return {
      sizes: {
        title: `${nameOf(families, isPooled)} tiny ${role}, ${describeChannels(channels, families)}${hasAlpha ? ', with opacity' : ''}`,
        families: families.map(({ id }) => id),
        space: 'model',
        channels,
        pixelsPerCell: pixels,
        scales: [],
        pixelRange: 'unit',
        ...(hasAlpha && { hasAlpha }),
      },
      capabilities: {
        radius: { exact: !isPooled, cells: tinyReach(steps, role) },
        seam: role === 'decoder' && isPooled ? seamOf(steps) : null,
      },
      emit: role === 'decoder' ? decode(steps, channels, patch) : encode(steps),
    };
  };

const shared = {
  marker: /^(.*\.)?\d+\.conv\.[024]\.weight$/,
  owns: (name: string): boolean => /^\d+\./.test(name),
};

/**
 * TAESD-type halves (github.com/madebyollin/taesd; diffusers' AutoencoderTiny too): model-space latent to RGB about [0,1], and RGB
 * in [0,1], sides multiples of pixelsPerCell, to a model-space latent.
 */
export const tinyAutoencoder = {
  id: 'tiny-autoencoder',
  title: `tiny autoencoders (${FAMILIES.flatMap((f) => f.autoencoders.tiny?.title ?? []).join(', ')} and the like)`,
  kinds: [
    { ...shared, role: 'decoder', label: 'a TAESD-type tiny decoder', read: readAs('decoder') },
    { ...shared, role: 'encoder', label: 'a TAESD-type tiny encoder', read: readAs('encoder') },
  ],
} as const satisfies Network;
