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
  preview: async () => (await import('./previews/minimax-h3.ts')).preview,
  // The VAE object normalises by itself, so files hold what the model sees (comfy/ldm/minimax/vae.py).
  comfy: { space: 'model', axes: 'bcthw', isPatched: false },
  // H3's own decoder is a transformer.
  autoencoders: { tiny: null, taehv: 'TAEH3', kl: false, latentlift: false },
} as const satisfies Family;
