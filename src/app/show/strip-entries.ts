import { itemsWords } from '../../words/items.ts';
import { memberAt } from '../run/members.ts';
import type { AppState, Item, LatentSource, PaneImage } from '../state/state.ts';
import { queueThumbnails, type Thumbnail } from './gallery-entries.ts';

/** A batch of more latents than this is walked through by the list under "Latent". */
const MOST_MEMBERS = 64;

/** What a thumbnail of the strip stands for: an open item, or a latent of its batch that is not open yet. */
export interface StripEntry extends Thumbnail {
  /** The item to choose, or the one beside which a member opens. */
  readonly itemId: number;
  /** Which latent of the batch; null where the file holds one. */
  readonly member: number | null;
}

/** The quick picture of a latent of a batch, where it is there already. */
export type MemberPicture = (item: Item, index: number) => PaneImage['bitmap'] | null;

const isBatch = (item: Item): item is Item & { readonly source: LatentSource } =>
  item.source.kind === 'latent' && item.source.reading.items > 1;

/** The person's files in the order in which they came; a batch shows all of its latents at the place of the first. */
export function stripEntries(state: AppState, pictureOf: MemberPicture): StripEntry[] {
  const thumbnails = new Map(queueThumbnails(state).map((thumbnail) => [thumbnail.id, thumbnail]));
  const shown = new Set<unknown>();
  return state.items.flatMap((item): StripEntry[] => {
    const thumbnail = thumbnails.get(String(item.id));
    if (thumbnail === undefined) return [];
    if (!isBatch(item)) return [{ ...thumbnail, itemId: item.id, member: null }];
    if (shown.has(item.source.file)) return [];
    shown.add(item.source.file);
    return Array.from({ length: Math.min(item.source.reading.items, MOST_MEMBERS) }, (_, index) =>
      memberEntry(state, item, index, thumbnails, pictureOf),
    );
  });
}

function memberEntry(
  state: AppState,
  item: Item & { readonly source: LatentSource },
  index: number,
  thumbnails: ReadonlyMap<string, Thumbnail>,
  pictureOf: MemberPicture,
): StripEntry {
  const open = memberAt(state, item, index);
  const title = itemsWords().member(item.name, index + 1, item.source.reading.items);
  const known = open === null ? undefined : thumbnails.get(String(open.id));
  if (open !== null && known !== undefined) return { ...known, title, itemId: open.id, member: index };
  return {
    id: `${item.id}:${index}`,
    title,
    hint: itemsWords().notComputed,
    imageUrl: null,
    bitmap: pictureOf(item, index),
    state: 'plain',
    isCurrent: false,
    isRemovable: false,
    itemId: item.id,
    member: index,
  };
}

/** What the next or previous key leads to: the person's files first, then the demos, round and round. */
export function stepFrom(
  entries: readonly StripEntry[],
  demos: readonly Thumbnail[],
  by: number,
): StripEntry | Thumbnail | null {
  const all = [...entries, ...demos];
  const at = all.findIndex(({ isCurrent }) => isCurrent);
  return all[(at + by + all.length) % all.length] ?? null;
}
