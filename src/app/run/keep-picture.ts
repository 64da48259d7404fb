import { describeMade } from '../models/network-names.ts';
import { provenanceOf } from '../show/provenance.ts';
import type { Action } from '../state/actions.ts';
import type { PaneKey } from '../state/panes.ts';
import { PIN_KEYS } from '../state/pin-key.ts';
import type { AppState } from '../state/state.ts';
import { currentItem, type PaneImage, type Pin } from '../state/state.ts';
import type { Store } from '../state/store.ts';
import type { Platform } from './platform.ts';

export interface PinsDeps {
  readonly store: Store<AppState, Action>;
  readonly platform: Pick<Platform, 'copyBitmap'>;
}

/**
 * Keeps a copy of the picture `key` of the current item; the oldest kept one gives way, by `unpin`, where there is no room. Nothing
 * unfinished is kept.
 */
export async function keepPicture(
  key: PaneKey,
  { store, platform }: PinsDeps,
  unpin: (key: string) => void,
): Promise<void> {
  const item = currentItem(store.get());
  const image: PaneImage | null = (key === 'reference' ? item?.reference : item?.panes[key]?.image) ?? null;
  if (item === null || image === null || image.kind !== 'final') return;
  const texts = await provenanceOf(store.get(), item, key);
  const bitmap = await platform.copyBitmap(image.bitmap);
  const { pins } = store.get();
  const [oldest] = pins;
  if (oldest !== undefined && pins.length >= PIN_KEYS.length) unpin(oldest.key);
  const taken = store.get().pins.map((pin) => pin.key);
  const free = PIN_KEYS.find((candidate) => !taken.includes(candidate));
  if (free === undefined) return bitmap.close();
  const { title, scale } = describeMade(store.get(), item, key);
  const pin: Pin = {
    key: free,
    title,
    scale,
    explanation: [item.name, texts['Models']].filter(Boolean).join(' · '),
    image: { ...image, bitmap, version: 0 },
    runs: item.panes[key]?.runs ?? [],
    texts,
  };
  store.dispatch({ type: 'picture-pinned', pin });
}
