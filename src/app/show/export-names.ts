import { hasLayers } from '../../core/latent/axes.ts';
import { methodWord } from '../models/network-names.ts';
import { type PaneKey, parsePaneKey } from '../state/panes.ts';
import type { Item } from '../state/state.ts';
import { pictureNumber } from './video-frames.ts';

/** A file's name without what says its kind, fit for any file system. */
export const stemOf = (name: string): string =>
  name
    .replace(/\.(latent\.)?[a-z0-9]+$/i, '')
    .replace(/[\\/:*?"<>|\p{Cc}]/gu, '_')
    .slice(0, 100) || 'latent';

/** Which latent of a batch and which picture of a video: part of the name where there are several. */
export function placeOf({ source }: Item): string {
  if (source.kind === 'picture') return '';
  const { items, frames, layout } = source.reading;
  return `${items > 1 ? `-${layout.item + 1}of${items}` : ''}${frames > 1 ? `-${hasLayers(layout.axes) ? 'layer' : 'frame'}${pictureNumber(source)}` : ''}`;
}

/** `cat-2of4-lua-2x.png`: whose, how and how large; `upscaler` is the network's name. */
export function pictureName(item: Item, key: PaneKey, extension: string, upscaler = 'LUA'): string {
  const method = parsePaneKey(key)?.method ?? 'reference';
  const how = method === 'reference' ? key : `${methodWord(key, upscaler)}x`;
  return `${stemOf(item.name)}${placeOf(item)}-${how}.${extension}`;
}

/** Gives every name once: of two files of one name, the second is called `name (2)`. */
export function uniqueNames(): (name: string) => string {
  const taken = new Map<string, number>();
  return (name) => {
    const count = (taken.get(name.toLowerCase()) ?? 0) + 1;
    taken.set(name.toLowerCase(), count);
    return count === 1 ? name : name.replace(/(\.[^.]+)?$/, ` (${count})$1`);
  };
}
