import { type Family, scalesOf } from './family.ts';

const MEAN = [
  -0.067309, -0.038011, -0.074778, -0.055653, 0.012767, -0.047035, 0.043897, -0.093463, -0.099183, -0.00873,
  -0.011932, -0.032199,
];
const STD = [
  0.92638, 0.924889, 0.939306, 0.959254, 0.824456, 0.91726, 0.929415, 1.372094, 0.881394, 0.916832, 0.918525,
  0.927476,
];

/** Mochi 1. Statistics and preview are those of ComfyUI's class Mochi. */
export const mochi = {
  id: 'mochi',
  title: 'Mochi',
  shortTitle: 'Mochi',
  channels: 12,
  pixelsPerCell: 8,
  normalisation: { kind: 'per-channel', scale: scalesOf(STD), shift: MEAN },
  packing: null,
  hasVideo: true,
  rawStd: 0.96,
  names: { pattern: /mochi/, precedence: 6 },
  nodes: /^EmptyMochiLatentVideo$/,
  kohyaSuffixes: {},
  prior: () => 0,
  preview: {
    factors: [
      [-0.0069, -0.0045, 0.0018],
      [0.0154, -0.0692, -0.0274],
      [0.0333, 0.0019, 0.0206],
      [-0.139, 0.0628, 0.1678],
      [-0.0725, 0.0134, -0.1898],
      [0.0074, -0.027, -0.0209],
      [-0.0176, -0.0277, -0.0221],
      [0.5294, 0.5204, 0.3852],
      [-0.0326, -0.0446, -0.0143],
      [-0.0659, 0.0153, -0.0153],
      [0.0185, -0.0217, 0.0014],
      [-0.0396, -0.0495, -0.0281],
    ],
    bias: [-0.094, -0.1418, -0.1453],
  },
  comfy: { space: 'raw', axes: 'bcthw', isPatched: false },
  autoencoders: { tiny: null, kl: false, latentlift: false },
} as const satisfies Family;
