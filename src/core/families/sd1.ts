import { type Family, uniform } from './family.ts';

/** SD 1 and 2, PixArt-alpha, SVD. Scale as ComfyUI and diffusers state it. */
export const sd1 = {
  id: 'sd1',
  title: 'Stable Diffusion 1 and 2',
  shortTitle: 'SD 1/2',
  channels: 4,
  pixelsPerCell: 8,
  normalisation: uniform(0.18215),
  packing: null,
  hasVideo: true,
  rawStd: 5.49,
  names: {
    pattern:
      /sd[._\- ]?(v?[12])|(^|[^0-9])(v1[._\- ]?[45]|1[._]5|v2[._\- ]?1)|stable[._\- ]?diffusion|vae-ft-mse|pixart/,
    precedence: 0,
  },
  nodes: null,
  interposerName: 'v1',
  kohyaSuffixes: { sd: 'raw' },
  // SD 1 and 2 make 512 to 768 px, SDXL about 1024 px.
  prior: ({ height, width }) => (height * width > 84 * 84 ? 0.15 : 0),
  // ComfyUI's class SD15.
  preview: {
    factors: [
      [0.3512, 0.2297, 0.3227],
      [0.325, 0.4974, 0.235],
      [-0.2829, 0.1762, 0.2721],
      [-0.212, -0.2616, -0.7177],
    ],
    bias: [0, 0, 0],
  },
  comfy: { space: 'raw', axes: 'bchw', isPatched: false },
  autoencoders: {
    // TAESD's own files name no model: the plain one is for SD 1 and 2 (its README).
    tiny: { title: 'TAESD', isPooled: false, names: /taesd(?![a-z0-9])/ },
    kl: true,
    latentlift: false,
  },
} as const satisfies Family;
