import { type Family, scalesOf } from './family.ts';

const MEAN = [
  -0.7571, -0.7089, -0.9113, 0.1075, -0.1745, 0.9653, -0.1517, 1.5508, 0.4134, -0.0715, 0.5517, -0.3632,
  -0.1922, -0.9497, 0.2503, -0.2921,
];
const STD = [
  2.8184, 1.4541, 2.3275, 2.6558, 1.2196, 1.7708, 2.6052, 2.0743, 3.2687, 2.1526, 2.8652, 1.5579, 1.6382,
  1.1253, 2.8251, 1.916,
];

/** Wan 2.1 and Wan 2.2 14B, Qwen-Image, Anima, Cosmos-Predict2, Krea 2. Statistics as ComfyUI and diffusers (autoencoder_kl_wan.py) state them. */
export const wan = {
  id: 'wan',
  title: 'Wan and Qwen-Image',
  shortTitle: 'Wan/Qwen',
  channels: 16,
  pixelsPerCell: 8,
  normalisation: { kind: 'per-channel', scale: scalesOf(STD), shift: MEAN },
  packing: 'tokens',
  hasVideo: true,
  hasLayers: true,
  // diffusers: AutoencoderKLWan, 4n + 1 pictures of n + 1 frames.
  picturesPerFrame: 4,
  rawStd: 2.3,
  names: {
    pattern: /(^|[^a-z])wan|qwen|anima(?![a-z])|cosmos[._\- ]?predict[._\- ]?2|krea[._\- ]?2/,
    precedence: 4,
  },
  nodes: /^(Wan\w+|TextEncodeQwen\w*|EmptyQwenImageLayered\w*)/,
  kohyaSuffixes: { anima: 'model' },
  // Written with a time axis, as a rule.
  prior: ({ hasFrames }) => (hasFrames ? 0 : 0.2),
  // ComfyUI's class Wan21.
  preview: {
    factors: [
      [-0.1299, -0.1692, 0.2932],
      [0.0671, 0.0406, 0.0442],
      [0.3568, 0.2548, 0.1747],
      [0.0372, 0.2344, 0.142],
      [0.0313, 0.0189, -0.0328],
      [0.0296, -0.0956, -0.0665],
      [-0.3477, -0.4059, -0.2925],
      [0.0166, 0.1902, 0.1975],
      [-0.0412, 0.0267, -0.1364],
      [-0.1293, 0.074, 0.1636],
      [0.068, 0.3019, 0.1128],
      [0.0032, 0.0581, 0.0639],
      [-0.1251, 0.0927, 0.1699],
      [0.006, -0.0633, 0.0005],
      [0.3477, 0.2275, 0.295],
      [0.1984, 0.0913, 0.1861],
    ],
    bias: [-0.1835, -0.0868, -0.336],
  },
  comfy: { space: 'raw', axes: 'bcthw', isPatched: false },
  autoencoders: {
    tiny: null,
    taehv: 'TAEW2.1',
    kl: false,
    latentlift: false,
  },
} as const satisfies Family;
