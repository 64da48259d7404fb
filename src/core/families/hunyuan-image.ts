import { type Family, uniform } from './family.ts';

/** HunyuanImage 2.1. Scale and preview are those of ComfyUI's class HunyuanImage21. */
export const hunyuanImage = {
  id: 'hunyuan-image',
  title: 'HunyuanImage 2.1',
  shortTitle: 'HunyuanImage 2.1',
  channels: 64,
  pixelsPerCell: 32,
  normalisation: uniform(0.75289),
  packing: null,
  hasVideo: false,
  rawStd: 1.33,
  names: { pattern: /hunyuan[._\- ]?image/, precedence: 6 },
  nodes: /^EmptyHunyuanImageLatent$/,
  kohyaSuffixes: { hi: 'raw' },
  prior: () => 0.1,
  preview: async () => (await import('./previews/hunyuan-image.ts')).preview,
  comfy: { space: 'raw', axes: 'bchw', isPatched: false },
  autoencoders: { tiny: null, kl: false, latentlift: false },
} as const satisfies Family;
