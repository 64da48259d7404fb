import { type Family, uniform } from './family.ts';

/** The DC-AE f32c32 of Sana 1.0 (diffusers, scripts/convert_dcae_to_diffusers.py). */
export const sana = {
  id: 'sana',
  title: 'Sana',
  shortTitle: 'Sana',
  channels: 32,
  pixelsPerCell: 32,
  normalisation: uniform(0.41407),
  packing: null,
  hasVideo: false,
  rawStd: 2.42,
  names: { pattern: /(^|[^a-z])sana|dc[._\- ]?ae/, precedence: 1 },
  nodes: null,
  kohyaSuffixes: {},
  // 32 px a cell: 40 cells are 1280 px already, its models' common size is 1024.
  prior: ({ height, width }) => (Math.min(height, width) > 40 ? 0.8 : 0.1),
  // ComfyUI has none.
  preview: null,
  comfy: { space: 'raw', axes: 'bchw', isPatched: false },
  autoencoders: {
    tiny: { title: 'TAESANA', isPooled: false, names: null },
    kl: false,
    latentlift: false,
  },
} as const satisfies Family;
