import { type Family, uniform } from './family.ts';

/** LTX-Video to LTX-2.5. Their VAE normalises by itself, with statistics in its own file, so raw values are those that the model sees. The preview is that of
 * ComfyUI's class LTXV. */
export const ltx = {
  id: 'ltx',
  title: 'LTX-Video',
  shortTitle: 'LTX',
  channels: 128,
  pixelsPerCell: 32,
  normalisation: uniform(1),
  packing: null,
  hasVideo: true,
  isVideoOnly: true,
  // 8n + 1 pictures of n + 1 frames.
  picturesPerFrame: 8,
  rawStd: 1.0,
  names: { pattern: /(^|[^a-z])(tae)?ltx/, precedence: 6 },
  nodes: /^(Empty)?LTXV\w+$/,
  kohyaSuffixes: {},
  prior: () => 0,
  preview: async () => (await import('./previews/ltx.ts')).preview,
  comfy: { space: 'model', axes: 'bcthw', isPatched: false },
  autoencoders: { tiny: null, taehv: 'TAELTX', kl: false, latentlift: false },
} as const satisfies Family;
