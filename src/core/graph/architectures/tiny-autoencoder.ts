import type { Family } from '../../families/family.ts';
import { type FamilyId, familiesOf } from '../../families/index.ts';
import { describeChannels } from '../../families/sentences.ts';
import type { StateView } from '../../weights/state-view.ts';
import type { GraphBuilder, Value } from '../graph-builder.ts';
import { nearestThenConv } from '../layout-ops.ts';
import type { ModelDescription, NetworkKind } from '../model-description.ts';
import { add, cast, convWeight, relu, softClamp, toBody } from '../ops.ts';
import { addPool } from './picture-context.ts';
import { cutAtPixels, pixelsPerCell, readTinySteps, type TinyStep, tinyReach } from './tiny-plan.ts';

/** relu(convs(x) + skip(x)); a pooled block first adds a branch that sees the whole picture through its GroupNorm. */
const block = (b: GraphBuilder, view: StateView, step: TinyStep, input: Value): Value => {
  const { name, from, to } = step;
  let x = input;
  if (step.kind === 'block' && step.isPooled) x = addPool(b, view, `${name}.pool`, x, 4);
  const convolve = (index: number, y: Value): Value =>
    convWeight(
      b,
      y,
      view.take(`${name}.conv.${index}.weight`, [to, y.dims[1] ?? 0, 3, 3]),
      view.take(`${name}.conv.${index}.bias`, [to]),
    );
  const inner = convolve(4, relu(b, convolve(2, relu(b, convolve(0, x)))));
  const skip = from === to ? x : convWeight(b, x, view.take(`${name}.skip.weight`, [to, from, 1, 1]), null);
  return relu(b, add(b, inner, skip));
};

const convolution = (
  b: GraphBuilder,
  view: StateView,
  step: TinyStep & { kind: 'conv' },
  x: Value,
): Value => {
  const kernel = view.take(`${step.name}.weight`, [step.to, step.from, 3, 3]);
  const bias = step.hasBias ? view.take(`${step.name}.bias`, [step.to]) : null;
  switch (step.mode) {
    case 'plain':
      return convWeight(b, x, kernel, bias);
    case 'then-relu':
      return relu(b, convWeight(b, x, kernel, bias));
    case 'doubled':
      return nearestThenConv(b, x, kernel, bias);
    case 'halved':
      return convWeight(b, x, kernel, bias, { stride: 2 });
    case 'halved-then-relu':
      return relu(b, convWeight(b, x, kernel, bias, { stride: 2 }));
  }
};

/** The families with a tiny autoencoder of these channels whose cells come nearest in size. */
const familiesFor = (channels: number, pixels: number): readonly Family<FamilyId>[] => {
  const fitting = familiesOf(channels).filter(({ autoencoders }) => autoencoders.tiny !== null);
  const distance = ({ pixelsPerCell: size }: Family): number => Math.abs(size - pixels);
  const nearest = Math.min(...fitting.map(distance));
  return fitting.filter((family) => distance(family) === nearest);
};

/** The one that is known to be so, by its name; several families' are alike. */
const nameOf = (families: readonly Family[], isPooled: boolean): string => {
  const [tiny, ...more] = families.map(({ autoencoders }) => autoencoders.tiny);
  return tiny && more.length === 0 && tiny.isPooled === isPooled ? tiny.title : 'TAESD-type';
};

/** Pools stand at latent resolution only, so that what follows can be tiled exactly; where one does not, there is no seam. */
const seamOf = (steps: readonly TinyStep[]): ModelDescription['seam'] => {
  const [latent, pixels] = cutAtPixels(steps);
  const isBounded = pixels.every((step) => step.kind === 'conv' || !step.isPooled);
  return isBounded
    ? { channels: latent.at(-1)?.to ?? 0, radius: { exact: true, cells: tinyReach(pixels, 'decoder') } }
    : null;
};

const describeAs =
  (role: 'decoder' | 'encoder'): NetworkKind['describe'] =>
  (view) => {
    const steps = readTinySteps(view, role);
    const [first, last] = [steps[0], steps.at(-1)];
    if (first?.kind !== 'conv' || last?.kind !== 'conv') return null;
    if ((role === 'decoder' ? last.to : first.from) !== 3) return null;
    const channels = role === 'decoder' ? first.from : last.to;
    const isPooled = steps.some((step) => step.kind === 'block' && step.isPooled);
    const pixels = pixelsPerCell(steps);
    const families = familiesFor(channels, pixels);
    return {
      title: `${nameOf(families, isPooled)} tiny ${role}, ${describeChannels(channels, families)}`,
      families: families.map(({ id }) => id),
      space: 'model',
      channels,
      pixelsPerCell: pixels,
      scales: [],
      pixelRange: 'unit',
      radius: { exact: !isPooled, cells: tinyReach(steps, role) },
      seam: role === 'decoder' && isPooled ? seamOf(steps) : null,
      config: { isPooled, layers: steps.length },
    };
  };

const run = (b: GraphBuilder, view: StateView, steps: readonly TinyStep[], input: Value): Value =>
  steps.reduce(
    (x, step) => (step.kind === 'block' ? block(b, view, step, x) : convolution(b, view, step, x)),
    input,
  );

const shared = {
  architecture: 'tiny-autoencoder',
  marker: /^(.*\.)?\d+\.conv\.[024]\.weight$/,
  owns: (name: string): boolean => /^\d+\./.test(name),
} as const;

/** TAESD-type decoder (github.com/madebyollin/taesd; diffusers' AutoencoderTiny too): model-space latent to RGB about [0,1]. */
export const tinyDecoder: NetworkKind = {
  ...shared,
  role: 'decoder',
  label: 'a TAESD-type tiny decoder',
  describe: describeAs('decoder'),
  emit(b, view, { channels, part }, { height, width }) {
    const steps = readTinySteps(view, 'decoder');
    const [latent, pixels] = cutAtPixels(steps);
    const input = toBody(b, b.input(part === 'pixels' ? 'features' : 'latent', [1, channels, height, width]));
    if (part === 'pixels') return cast(b, run(b, view, pixels, input), 'f32');
    return cast(b, run(b, view, part === 'latent' ? latent : steps, softClamp(b, input)), 'f32');
  },
};

/** TAESD-type encoder: RGB in [0,1], sides multiples of pixelsPerCell, to a model-space latent. */
export const tinyEncoder: NetworkKind = {
  ...shared,
  role: 'encoder',
  label: 'a TAESD-type tiny encoder',
  describe: describeAs('encoder'),
  emit(b, view, _description, { height, width }) {
    const rgb = toBody(b, b.input('image', [1, 3, height, width]));
    return cast(b, run(b, view, readTinySteps(view, 'encoder'), rgb), 'f32');
  },
};
