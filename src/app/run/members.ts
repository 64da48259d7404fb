import { type AppState, type Item, type LatentSource, UNMADE } from '../state/state.ts';
import { makePreview, rereadLatent } from './open-source.ts';
import type { Platform } from './platform.ts';

type LatentItem = Item & { readonly source: LatentSource };

const isLatent = (item: Item): item is LatentItem => item.source.kind === 'latent';

/** The members of a batch that are open: items read from the same file, each another of its latents. */
export const membersOf = (state: AppState, item: Item): readonly LatentItem[] =>
  isLatent(item) ? state.items.filter(isLatent).filter(({ source }) => source.file === item.source.file) : [];

/** The open item that shows latent `index` of the batch, or null. */
export const memberAt = (state: AppState, item: Item, index: number): LatentItem | null =>
  membersOf(state, item).find(({ source }) => source.reading.layout.item === index) ?? null;

/** What an item of another latent of the batch is made of: read as `item` is, so that a doubt is decided once for all of them. */
export async function openMember(
  item: Item,
  index: number,
  platform: Platform,
): Promise<Omit<Item, 'id'> | null> {
  if (!isLatent(item)) return null;
  const { family, space, confidence, reason } = item.source.reading;
  const { override } = item.source;
  const { source, latent } = await rereadLatent(item.source, item.name, {
    ...override,
    family,
    space,
    item: index,
  });
  return {
    name: item.name,
    origin: item.origin,
    source: {
      ...source,
      override: { ...override, item: index },
      reading: { ...source.reading, confidence, reason },
    },
    latent,
    preview: await makePreview(latent, platform),
    ...UNMADE,
    isDecided: item.isDecided,
  };
}
