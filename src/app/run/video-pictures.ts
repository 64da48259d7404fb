import { frameAt, videoFrames } from '../show/video-frames.ts';
import type { AppState, Item } from '../state/state.ts';
import { rereadLatent } from './open-source.ts';

/** The places of a video's scrubber; just one null for an item that is none, which stays as it is. */
export function framesOf(state: AppState, item: Item): readonly (number | null)[] {
  const frames = videoFrames(state, item);
  return frames === null ? [null] : Array.from({ length: frames.count }, (_, index) => index);
}

/** The item as it would be with its scrubber at `index`, read as it is now; nothing on the stage changes. */
export async function itemAt(state: AppState, item: Item, index: number | null): Promise<Item> {
  const frames = videoFrames(state, item);
  if (index === null || index === frames?.index) return item;
  if (frames === null || item.source.kind !== 'latent') return item;
  const { override, reading } = item.source;
  const { family, space } = reading;
  const place = { ...override, ...frameAt(frames, index) };
  const { source, latent } = await rereadLatent(item.source, item.name, { ...place, family, space });
  return { ...item, source: { ...source, override: place }, latent, panes: {} };
}
