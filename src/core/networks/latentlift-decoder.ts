import { describeChannels } from '../families/sentences.ts';
import { pixelShuffle } from '../graph/layout-ops.ts';
import type { Emit } from '../graph/model-description.ts';
import { cast, softClamp, toBody } from '../graph/ops.ts';
import type { Network, ReadNetwork } from './network.ts';
import { ownFamilies, ownsStages, readStages, type Stage, stageBlocks } from './parts/latentlift-stages.ts';
import { addContext, type Context, readContext } from './parts/picture-context.ts';

interface Plan {
  readonly channels: number;
  readonly stages: readonly Stage[];
  readonly context: Context;
}

/** From the pixels inwards: each stage shuffles (halving the reach), then `up` and two convolutions a block. */
const reachOf = (stages: readonly Stage[]): number =>
  stages.reduceRight((cells, { blocks }) => Math.ceil(cells / 2) + 1 + 2 * blocks.length, 0);

const emitter =
  ({ channels, stages, context }: Plan): Emit =>
  (layers, { height, width, part }) => {
    const first = stages[0]?.width ?? 0;
    const isPixels = part === 'pixels';
    const name = isPixels ? 'features' : 'latent';
    let x = toBody(layers, layers.input(name, [1, isPixels ? first : channels, height, width]));
    if (!isPixels) {
      const latent = softClamp(layers, x);
      x = addContext(layers, context, layers.conv('conv_in', latent, first), latent);
    }
    for (const [s, stage] of stages.entries()) {
      if (s > 0 || !isPixels) x = stageBlocks(layers, stage, s, x);
      if (part === 'latent') return cast(layers, x, 'f32');
      const up = layers.conv(`stages.${s}.up`, x, 4 * (stages[s + 1]?.width ?? 3));
      x = pixelShuffle(layers, s + 1 < stages.length ? up : cast(layers, up, 'f32'), 2);
    }
    return x;
  };

function describe(plan: Plan): ReadNetwork {
  const { channels, stages, context } = plan;
  const families = ownFamilies(channels);
  const [first, ...rest] = stages;
  const pixelStages = first ? [{ ...first, blocks: [] }, ...rest] : [];
  return {
    sizes: {
      title: `LatentLift decoder, ${describeChannels(channels, families)}`,
      families: families.map(({ id }) => id),
      space: 'model',
      channels,
      pixelsPerCell: 2 ** stages.length,
      scales: [],
      pixelRange: 'unit',
    },
    capabilities: {
      radius: { exact: context === null, cells: reachOf(stages) + 1 },
      // What sees the whole picture stands before the first blocks: past them, tiles are exact.
      seam: context && { channels: first?.width ?? 0, radius: { exact: true, cells: reachOf(pixelStages) } },
    },
    emit: emitter(plan),
  };
}

/** Our own decoder (training/latentlift/models, Decoder): model-space latent to RGB about [0,1], unclamped. */
export const latentliftDecoder = {
  id: 'latentlift-decoder',
  title: "LatentLift's own decoders",
  kinds: [
    {
      role: 'decoder',
      label: 'a LatentLift decoder',
      marker: /^(.*\.)?stages\.\d+\.up\.weight$/,
      owns: ownsStages,
      read: (view) =>
        describe({
          stages: readStages(view, 'decoder'),
          channels: view.side('conv_in.weight', 1),
          context: readContext(view),
        }),
    },
  ],
} as const satisfies Network;
