import { type Family, uniform } from './family.ts';

/** SD 3 and 3.5. Scale and shift as ComfyUI and diffusers state them. */
export const sd3 = {
  id: 'sd3',
  title: 'Stable Diffusion 3',
  shortTitle: 'SD 3',
  channels: 16,
  pixelsPerCell: 8,
  normalisation: uniform(1.5305, 0.0609),
  packing: null,
  hasVideo: false,
  rawStd: 0.65,
  names: { pattern: /sd[._\- ]?3|stable[._\- ]?diffusion[._\- ]?3/, precedence: 3 },
  nodes: /^CLIPTextEncodeSD3/,
  interposerName: 'v3',
  kohyaSuffixes: { sd3: 'raw' },
  // FLUX.1's VAE serves many more models.
  prior: () => 0.1,
  // ComfyUI's class SD3.
  preview: {
    factors: [
      [-0.0922, -0.0175, 0.0749],
      [0.0311, 0.0633, 0.0954],
      [0.1994, 0.0927, 0.0458],
      [0.0856, 0.0339, 0.0902],
      [0.0587, 0.0272, -0.0496],
      [-0.0006, 0.1104, 0.0309],
      [0.0978, 0.0306, 0.0427],
      [-0.0042, 0.1038, 0.1358],
      [-0.0194, 0.002, 0.0669],
      [-0.0488, 0.013, -0.0268],
      [0.0922, 0.0988, 0.0951],
      [-0.0278, 0.0524, -0.0542],
      [0.0332, 0.0456, 0.0895],
      [-0.0069, -0.003, -0.081],
      [-0.0596, -0.0465, -0.0293],
      [-0.1448, -0.1463, -0.1189],
    ],
    bias: [0.2394, 0.2135, 0.1925],
  },
  comfy: { space: 'raw', axes: 'bchw', isPatched: false },
  autoencoders: {
    tiny: { title: 'TAESD3', isPooled: false, names: null },
    kl: true,
    latentlift: false,
  },
} as const satisfies Family;
