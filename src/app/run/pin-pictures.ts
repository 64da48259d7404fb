import { describeMade } from '../models/network-names.ts';
import type { Action } from '../state/actions.ts';
import type { PaneKey } from '../state/panes.ts';
import { PIN_KEYS } from '../state/pin-key.ts';
import { type AppState, currentItem, type PaneImage, type Pin } from '../state/state.ts';
import type { Store } from '../state/store.ts';
import type { Platform } from './platform.ts';

export interface PinsDeps {
  readonly store: Store<AppState, Action>;
  readonly platform: Pick<Platform, 'copyBitmap'>;
}

/** Keeps finished pictures on the stage for comparison: two files, two LUAs, two decoders. */
export function createPins({ store, platform }: PinsDeps) {
  function close({ image }: Pin): void {
    if ('close' in image.bitmap) image.bitmap.close();
  }

  function unpin(key: string): void {
    const pin = store.get().pins.find((candidate) => candidate.key === key);
    if (pin === undefined) return;
    store.dispatch({ type: 'pin-removed', key: pin.key });
    close(pin);
  }

  return {
    unpin,

    /** Keeps the picture `key` of the current item; the oldest kept one gives way where there is no room. Nothing unfinished is kept. */
    async pin(key: PaneKey): Promise<void> {
      const item = currentItem(store.get());
      const image: PaneImage | null =
        (key === 'reference' ? item?.reference : item?.panes[key]?.image) ?? null;
      if (item === null || image === null || image.kind !== 'final') return;
      const { provenanceOf } = await import('../show/provenance.ts');
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
    },
  };
}
