import { methodOf } from '../../contract/methods.ts';
import type { FamilyId } from '../../core/latent/latent.ts';
import { describePane, type PaneKey, parsePaneKey } from '../state/panes.ts';
import type { AppState, Item } from '../state/state.ts';
import { chosenFor } from './models.ts';

/** The built-in upscaler, and what the methods are named after. */
const LUA = 'LUA';

/** The name with which a network's title begins: "SesquiLSR" of "SesquiLSR, x2, 4 channels (SDXL)". */
export const nameIn = (title: string): string => (title.split(',')[0] ?? title).replace(/ upscaler$/, '');

/** What enlarges latents of a family: LUA, unless weights of another network are chosen. */
export function upscalerName(state: AppState, family: FamilyId | null): string {
  const chosen = family === null ? null : chosenFor(state, family, 'upscaler');
  if (chosen === null || chosen.isBuiltIn) return LUA;
  const stored = state.models.storage?.weights.find(({ id }) => id === chosen.id);
  const network = stored?.networks.find(({ role }) => role === 'upscaler');
  return network === undefined ? LUA : nameIn(network.title);
}

export const isUpscaled = (key: PaneKey): boolean => parsePaneKey(key)?.method === 'lua';

/** What a caption says of an item's pane: the network that enlarges it by its own name. */
export function describeMade(
  state: AppState,
  item: Item | null,
  key: PaneKey,
): ReturnType<typeof describePane> {
  const words = describePane(key);
  return isUpscaled(key) ? { ...words, title: upscalerName(state, item?.latent?.family ?? null) } : words;
}

/** How a picture was made, for files: in English, whatever the page speaks. */
export function methodTitle(state: AppState, item: Item | null, key: PaneKey): string {
  if (isUpscaled(key)) return upscalerName(state, item?.latent?.family ?? null);
  const method = parsePaneKey(key)?.method ?? 'decode';
  return method === 'reference' ? 'Original' : methodOf(method).title;
}

/** The factor as files say it: `2×`, or `Ref` for the original. */
export function scaleWord(key: PaneKey): string {
  const kind = parsePaneKey(key);
  return kind?.method === 'reference' ? 'Ref' : `${kind?.scale ?? 1}×`;
}

/** The method in a file's name: "lua-2", or the network's name in its place, "sesquilsr-2". */
export const methodWord = (key: PaneKey, upscaler: string): string =>
  isUpscaled(key) ? key.replace('lua', slug(upscaler)) : key;

/** A name as part of a file's name. */
export const slug = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
