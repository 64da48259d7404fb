import { type Family, scalesOf } from './family.ts';

// MiniMaxAI/MiniMax-H3, video_vae/config.json (latents_mean, latents_std), rounded to 6 decimals.
const MEAN = [
  0.85809, -0.960659, 1.066164, -0.509033, -0.272758, -1.367541, -0.255325, -0.269076, -0.537684, -0.04641,
  0.665737, 0.196901, -0.546061, -0.403534, -0.23683, 0.259285, -0.301339, 0.211342, -1.120685, 0.358193,
  -0.042251, 0.260483, 0.228641, 0.705603,
];
const STD = [
  1.222377, 1.276726, 1.683177, 1.754946, 1.563622, 2.194144, 0.965314, 1.056989, 0.841949, 0.772995,
  1.895594, 0.946842, 0.799681, 0.449889, 0.71974, 0.693629, 2.961095, 2.76942, 3.049618, 2.108805, 3.276226,
  3.162736, 2.281681, 2.612784,
];

/** MiniMax H3's video latents (its sound has latents of its own, which are not pictures). */
export const minimaxH3 = {
  id: 'minimax-h3',
  title: 'MiniMax H3',
  shortTitle: 'MiniMax H3',
  channels: 24,
  pixelsPerCell: 16,
  normalisation: { kind: 'per-channel', scale: scalesOf(STD), shift: MEAN },
  packing: null,
  hasVideo: true,
  rawStd: 2.01,
  names: { pattern: /minimax[._\- ]?h3/, precedence: 4 },
  nodes: /^(MiniMaxH3|ModelSamplingMiniMaxH3)/,
  kohyaSuffixes: {},
  prior: () => 0,
  // ComfyUI's class MiniMaxH3Video.
  preview: {
    factors: [
      [-0.018555, 0.024344, -0.017536],
      [0.150164, 0.137244, 0.129221],
      [0.027367, -0.050369, -0.208606],
      [-0.000793, -0.164622, -0.323161],
      [-0.048556, 0.01397, -0.074286],
      [0.01174, 0.014172, -0.006906],
      [0.061517, 0.061212, 0.110025],
      [0.035321, 0.086879, 0.110059],
      [-0.017426, 0.002997, 0.035356],
      [0.531539, 0.548819, 0.624404],
      [-0.024968, -0.040234, -0.034302],
      [-0.032549, -0.029096, -0.017221],
      [0.022609, 0.020286, 0.050661],
      [-0.084001, -0.038131, -0.020805],
      [-0.01883, 0.010412, 0.06112],
      [0.020777, 0.011196, -0.030994],
      [-0.00839, -0.012201, -0.025687],
      [-0.013281, -0.002924, 0.006331],
      [0.00026, 0.001833, -0.011038],
      [0.105471, 0.100482, 0.132106],
      [0.016529, 0.015213, 0.009999],
      [-0.014015, -0.017438, -0.019134],
      [-0.033787, -0.009984, -0.019725],
      [0.004224, 0.017284, 0.027196],
    ],
    bias: [0.057426, -0.022078, -0.071449],
  },
  // The VAE object normalises by itself, so files hold what the model sees (comfy/ldm/minimax/vae.py).
  comfy: { space: 'model', axes: 'bcthw', isPatched: false },
  // H3's own decoder is a transformer.
  autoencoders: { tiny: null, taehv: 'TAEH3', kl: false, latentlift: false },
} as const satisfies Family;
