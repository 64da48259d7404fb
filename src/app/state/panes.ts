import type { Method, Scale } from '../../contract/engine.ts';

/** Names one picture of a comparison: how it came about and how much larger than the latent's own decode it is. */
export type PaneKey = `${Method}-${Scale}` | 'reference';

export interface PaneKind {
  readonly key: PaneKey;
  readonly method: Method | 'reference';
  readonly scale: Scale;
}

/** What a visitor came for, shown from the start. */
export const DEFAULT_PANES: readonly PaneKey[] = ['decode-1', 'lua-2', 'lua-4'];

/** The honest rivals, computed on demand; the last one with weights that a person brings. */
export const BASELINE_METHODS = [
  'latent-bicubic',
  'pixel-bicubic',
  'pixel-lanczos',
  'pixel-upscaler',
] as const;

const METHODS: readonly Method[] = ['decode', 'lua', ...BASELINE_METHODS];

export const paneKey = (method: Method, scale: Scale): PaneKey => `${method}-${scale}`;

/** The parts of a key, or null where the text is none of ours (a key may come from the address bar). */
export function parsePaneKey(text: string): PaneKind | null {
  if (text === 'reference') return { key: 'reference', method: 'reference', scale: 1 };
  const match = /^([a-z-]+)-([124])$/.exec(text);
  const method = METHODS.find((known) => known === match?.[1]);
  if (method === undefined) return null;
  const scale = Number(match?.[2]) as Scale;
  if ((method === 'decode') !== (scale === 1)) return null;
  return { key: paneKey(method, scale), method, scale };
}

const TITLES: Readonly<Record<Method | 'reference', string>> = {
  decode: 'Decoded',
  lua: 'LUA',
  'latent-bicubic': 'Latent bicubic',
  'pixel-bicubic': 'Pixel bicubic',
  'pixel-lanczos': 'Pixel Lanczos',
  'pixel-upscaler': 'Pixel network',
  reference: 'Original',
};

const EXPLANATIONS: Readonly<Record<Method | 'reference', string>> = {
  decode: 'The latent as it is, through the decoder',
  lua: 'Upscaled in latent space, then decoded once',
  'latent-bicubic': 'Bicubic on the latent, then decoded',
  'pixel-bicubic': 'Decoded at 1×, then bicubic on the pixels',
  'pixel-lanczos': 'Decoded at 1×, then Lanczos-3 on the pixels',
  'pixel-upscaler': 'Decoded at 1×, then a pixel-space network',
  reference: 'The picture that was dropped, before it was reduced',
};

/** What a caption says of a pane: `LUA`, `2×`, and one line of explanation. */
export function describePane(key: PaneKey): { title: string; scale: string; explanation: string } {
  const kind = parsePaneKey(key);
  const method = kind?.method ?? 'decode';
  return {
    title: TITLES[method],
    scale: method === 'reference' ? 'Ref' : `${kind?.scale ?? 1}×`,
    explanation: EXPLANATIONS[method],
  };
}

/** Display order: smaller pictures first, then LUA before its rivals, so that toggling a rival never reorders the rest. */
export function sortPanes(keys: readonly PaneKey[]): PaneKey[] {
  const rank = (key: PaneKey): number => {
    const kind = parsePaneKey(key);
    if (kind === null || kind.method === 'reference') return -1;
    return (DEFAULT_PANES.includes(key) ? 0 : 100) + kind.scale * 10 + METHODS.indexOf(kind.method);
  };
  return [...new Set(keys)].sort((a, b) => rank(a) - rank(b));
}
