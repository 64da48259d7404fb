import { type Family, scalesOf } from './family.ts';

const MEAN = [-1.6574, 1.886, -1.383, 2.5155];
const STD = [8.4927, 5.9022, 6.5498, 5.2299];

/** Playground 2.5. Statistics as ComfyUI and diffusers state them. */
export const playground = {
  id: 'playground',
  title: 'Playground 2.5',
  shortTitle: 'Playground 2.5',
  channels: 4,
  pixelsPerCell: 8,
  normalisation: { kind: 'per-channel', scale: scalesOf(STD, 0.5), shift: MEAN },
  packing: null,
  hasVideo: false,
  rawStd: 13.4,
  names: { pattern: /playground/, precedence: 2 },
  nodes: null,
  kohyaSuffixes: {},
  // One model.
  prior: () => 0.4,
  // ComfyUI's class SDXL_Playground_2_5.
  preview: {
    factors: [
      [0.392, 0.4054, 0.4549],
      [-0.2634, -0.0196, 0.0653],
      [0.0568, 0.1687, -0.0755],
      [-0.3112, -0.2359, -0.2076],
    ],
    bias: [0, 0, 0],
  },
  comfy: { space: 'raw', axes: 'bchw', isPatched: false },
  autoencoders: {
    tiny: null,
    kl: true,
    latentlift: false,
  },
} as const satisfies Family;
