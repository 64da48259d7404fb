import { type FamilyId, familyById } from '../families/index.ts';
import { describeChannels } from '../families/sentences.ts';
import { silu } from '../graph/added-ops.ts';
import type { Value } from '../graph/graph-builder.ts';
import type { Layers } from '../graph/layers.ts';
import type { Emit } from '../graph/model-description.ts';
import { add, cast, multiply, relu, toBody } from '../graph/ops.ts';
import type { StateView } from '../weights/state-view.ts';
import type { Network } from './network.ts';

/** torch.nn.BatchNorm2d's default. */
const EPSILON = 1e-5;

/**
 * Whose latents a file takes and gives, by their channels: the nine pairs of its author's table whose families are known here. Files
 * of equal channels have the same shapes, and their names tell ("xl-to-v1_interposer-v4.0.safetensors").
 */
const TAKEN: Readonly<Record<number, readonly FamilyId[]>> = { 4: ['sdxl', 'sd1'], 16: ['flux1', 'sd3'] };
const GIVEN: Readonly<Record<number, readonly FamilyId[]>> = { 4: ['sd1', 'sdxl'], 16: ['sd3'] };

interface Plan {
  readonly from: number;
  readonly to: number;
  readonly width: number;
  /** Numbers of the residual blocks and, at the end, of the norm, under `core.`. */
  readonly blocks: readonly number[];
  readonly norm: number;
}

function readPlan(view: StateView): Plan {
  const blocks = [...view.names()]
    .flatMap((name) => /^core\.(\d+)\.norm\.weight$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((p, q) => p - q);
  return {
    from: view.side('head.short.weight', 1),
    to: view.side('tail.weight', 0),
    width: view.side('head.short.weight', 0),
    blocks,
    norm: (blocks.at(-1) ?? 0) + 1,
  };
}

/** torch.nn.BatchNorm2d as it is after training: one scale and one offset a channel. */
function batchNorm(layers: Layers, name: string, x: Value): Value {
  const side = x.dims[1] as number;
  const [scale, bias, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map((part) =>
    layers.require(`${name}.${part}`, [side]),
  ) as [Source, Source, Source, Source];
  function scales(): Float32Array {
    const spread = variance.read();
    return scale.read().map((value, c) => value / Math.sqrt((spread[c] as number) + EPSILON));
  }
  function offsets(): Float32Array {
    const [factors, means] = [scales(), mean.read()];
    return bias.read().map((value, c) => value - (means[c] as number) * (factors[c] as number));
  }
  const factor = layers.constant(`${name}.scale`, [1, side, 1, 1], scales);
  return add(
    layers,
    multiply(layers, x, factor),
    layers.constant(`${name}.offset`, [1, side, 1, 1], offsets),
  );
}

type Source = ReturnType<Layers['require']>;

/** conv, silu, conv, silu, conv */
function long(layers: Layers, name: string, width: number, x: Value): Value {
  const first = silu(layers, layers.conv(`${name}.long.0`, x, width));
  const second = silu(layers, layers.conv(`${name}.long.2`, first, width));
  return layers.conv(`${name}.long.4`, second, width);
}

function block(layers: Layers, name: string, width: number, input: Value): Value {
  const x = batchNorm(layers, `${name}.norm`, input);
  return relu(layers, add(layers, long(layers, name, width, x), x));
}

const emitter =
  ({ from, to, width, blocks, norm }: Plan): Emit =>
  (layers, { height, width: columns }) => {
    const latent = toBody(layers, layers.input('latent', [1, from, height, columns]));
    const short = layers.conv('head.short', latent, width);
    const head = relu(layers, add(layers, long(layers, 'head', width, latent), short));
    const core = blocks.reduce((x, number) => block(layers, `core.${number}`, width, x), head);
    const last = silu(layers, batchNorm(layers, `core.${norm}`, core));
    return cast(layers, layers.conv('tail', last, to), 'f32');
  };

const titlesOf = (families: readonly FamilyId[]): string =>
  families.map((id) => familyById(id).shortTitle).join(' or ');

/**
 * SD-Latent-Interposer v4.0 (github.com/city96/SD-Latent-Interposer, *_interposer-v4.0.safetensors): a raw latent of one family to a raw latent of another,
 * of the same cells. Files from Stable Cascade halve its side first, and have the same shapes.
 */
export const sdLatentInterposer = {
  id: 'sd-latent-interposer',
  title: 'SD-Latent-Interposer (SD 1, SDXL, SD 3, FLUX.1)',
  kinds: [
    {
      role: 'interposer',
      label: 'an SD-Latent-Interposer',
      marker: /^(.*\.)?core\.\d+\.long\.0\.weight$/,
      owns: (name) => /^(head|core|tail)\./.test(name),
      read(view) {
        const plan = readPlan(view);
        const [taken, given] = [TAKEN[plan.from], GIVEN[plan.to]];
        if (taken === undefined || given === undefined) {
          return `it turns ${plan.from} channels into ${plan.to}; known are those for 4 and 16`;
        }
        // A counter of training steps.
        view.ignore((name) => name.endsWith('.num_batches_tracked'));
        const families = taken.map((id) => familyById(id));
        return {
          sizes: {
            title: `Interposer, ${describeChannels(plan.from, families)} to ${plan.to} (${titlesOf(given)})`,
            families: taken,
            space: 'raw',
            channels: plan.from,
            pixelsPerCell: 8,
            scales: [],
            pixelRange: 'unit',
            gives: { channels: plan.to, families: given, space: 'raw' },
          },
          capabilities: { radius: { exact: true, cells: 4 + 3 * plan.blocks.length } },
          emit: emitter(plan),
        };
      },
    },
  ],
} as const satisfies Network;
