import { type Family, uniform } from './family.ts';

/** SDXL and its kin, PixArt-sigma, AuraFlow, HunyuanDiT. Scale as ComfyUI and diffusers state it. */
export const sdxl = {
  id: 'sdxl',
  title: 'SDXL',
  shortTitle: 'SDXL',
  channels: 4,
  pixelsPerCell: 8,
  normalisation: uniform(0.13025),
  packing: null,
  hasVideo: true,
  rawStd: 7.68,
  names: {
    pattern:
      /(^|[^x])xl|pony|illustrious|noobai|pixart[._\- ]?sigma|aura[._\- ]?flow|hunyuan[._\- ]?dit|ssd[._\- ]?1b/,
    precedence: 1,
  },
  nodes: /^CLIPTextEncodeSDXL/,
  interposerName: 'xl',
  kohyaSuffixes: { sdxl: 'raw' },
  // SD 1 and 2 make 512 to 768 px, SDXL about 1024 px.
  prior: ({ height, width }) => (height * width > 84 * 84 ? 0 : 0.15),
  // ComfyUI's class SDXL.
  preview: {
    factors: [
      [0.3651, 0.4232, 0.4341],
      [-0.2533, -0.0042, 0.1068],
      [0.1076, 0.1111, -0.0362],
      [-0.3165, -0.2492, -0.2188],
    ],
    bias: [0.1084, -0.0175, -0.0011],
  },
  comfy: { space: 'raw', axes: 'bchw', isPatched: false },
  autoencoders: {
    tiny: { title: 'TAESDXL', isPooled: false, names: null },
    kl: true,
    latentlift: false,
  },
} as const satisfies Family;
