import { describeChannels } from '../families/sentences.ts';
import type { Emit } from '../graph/model-description.ts';
import { cast, toBody } from '../graph/ops.ts';
import type { Network, ReadNetwork } from './network.ts';
import { ownFamilies, ownsStages, readStages, type Stage, stageBlocks } from './parts/latentlift-stages.ts';

const PIXELS_PER_CELL = 8;
/** Its three stages halve the resolution twice, and conv_in does the rest. */
const MAX_STAGES = 3;

/** conv_in's step in pixels, half of its kernel: what the stages leave of a cell. */
const strideOf = (stages: readonly Stage[]): number => PIXELS_PER_CELL / 2 ** (stages.length - 1);

const emitter =
  (stages: readonly Stage[], channels: number): Emit =>
  (layers, { height, width }) => {
    const rgb = toBody(layers, layers.input('image', [1, 3, height, width]));
    const stride = strideOf(stages);
    const pad = stride / 2;
    const pads = [pad, pad, pad, pad] as const;
    let x = layers.conv('conv_in', rgb, stages[0]?.width ?? 0, { size: 2 * stride, stride, pads });
    for (const [s, stage] of stages.entries()) {
      x = stageBlocks(layers, stage, s, x);
      const next = stages[s + 1];
      if (next) x = layers.conv(`stages.${s}.down`, x, next.width, { stride: 2 });
    }
    return cast(layers, layers.conv('conv_out', x, channels), 'f32');
  };

/** Pixels that a step of each stage reaches: those of a cell for conv_out and the last stage, half as many one before. */
function reachInPixels(stages: readonly Stage[]): number {
  const stride = strideOf(stages);
  const own = stages.map(({ blocks }, s) => {
    const steps = 2 * blocks.length + (s + 1 < stages.length ? 1 : 0);
    return stride * 2 ** s * steps;
  });
  return own.reduce((sum, pixels) => sum + pixels, PIXELS_PER_CELL + 2 * stride);
}

function describe(stages: readonly Stage[], channels: number): ReadNetwork {
  const families = ownFamilies(channels);
  const isPooled = stages.some(({ blocks }) => blocks.some((block) => block.isPooled));
  return {
    sizes: {
      title: `LatentLift encoder, ${describeChannels(channels, families)}`,
      families: families.map(({ id }) => id),
      space: 'model',
      channels,
      pixelsPerCell: PIXELS_PER_CELL,
      scales: [],
      pixelRange: 'unit',
    },
    capabilities: {
      radius: { exact: !isPooled, cells: Math.ceil(reachInPixels(stages) / PIXELS_PER_CELL) },
    },
    emit: emitter(stages, channels),
  };
}

/** Our own encoder (training/latentlift/models, Encoder): RGB in [0,1], sides multiples of 8, to a model-space latent. */
export const latentliftEncoder = {
  id: 'latentlift-encoder',
  title: "LatentLift's own encoders",
  kinds: [
    {
      role: 'encoder',
      label: 'a LatentLift encoder',
      marker: /^(.*\.)?stages\.\d+\.down\.weight$/,
      owns: ownsStages,
      read(view) {
        const stages = readStages(view, 'encoder');
        if (stages.length > MAX_STAGES) {
          return `it has ${stages.length} stages, and such encoders at most ${MAX_STAGES}`;
        }
        return describe(stages, view.side('conv_out.weight', 0));
      },
    },
  ],
} as const satisfies Network;
