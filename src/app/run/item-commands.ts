import type { Override } from '../../core/latent/reading.ts';
import { currentItem, type Item, type PictureSettings } from '../state/state.ts';
import type { ControllerParts } from './controller-parts.ts';
import type { OwnFile } from './item-opener.ts';
import { makePreview, rereadLatent } from './open-source.ts';
import { closeImages } from './release-images.ts';

/** What a person does with items: opening, choosing, closing, and correcting how they were read. */
export function itemCommands({ store, platform, opener, notify, reconsider }: ControllerParts) {
  const itemOf = (id: number): Item | undefined => store.get().items.find((candidate) => candidate.id === id);

  function select(id: number): void {
    store.dispatch({ type: 'item-selected', id });
    reconsider();
  }

  return {
    select,

    /** Opens files in order; the first that is good takes the stage and ends what ran before. */
    openFiles: (files: readonly File[]): Promise<void> =>
      opener.openFiles(files.map((file) => ({ file, override: {} }))),

    /** The same for files that were open before, read as the person had corrected them. */
    openOwnFiles: (files: readonly OwnFile[], isSelected: boolean): Promise<void> =>
      opener.openFiles(files, { isSelected }),

    openUrl: (url: string): Promise<void> => opener.openUrl(url, {}),

    async pickDemo(id: string): Promise<void> {
      const state = store.get();
      const opened = state.items.find(({ origin }) => origin.kind === 'demo' && origin.id === id);
      if (opened !== undefined) return select(opened.id);
      const demo = state.demos.find((candidate) => candidate.id === id);
      if (demo !== undefined) await opener.openDemo(demo, {});
    },

    /** Shows another latent of the batch that item `id` belongs to: the open one, or a new item beside it. */
    async showMember(id: number, index: number): Promise<void> {
      const item = itemOf(id);
      if (item === undefined) return;
      const { memberAt, openMember } = await import('./members.ts');
      const known = memberAt(store.get(), item, index);
      if (known !== null) return select(known.id);
      const made = await openMember(item, index, platform).catch(notify);
      if (made != null) opener.add(made, true);
    },

    remove(id: number): void {
      const item = itemOf(id);
      store.dispatch({ type: 'item-removed', id });
      if (item !== undefined) closeImages(item);
      reconsider();
    },

    /** Reads the current file another way; a reading that fails leaves everything as it was and says why. */
    async reread(change: Override): Promise<void> {
      const item = currentItem(store.get());
      if (item?.source.kind !== 'latent') return;
      try {
        const override = { ...item.source.override, ...change };
        const { source, latent } = await rereadLatent(item.source, item.name, override);
        const preview = await makePreview(latent, platform);
        store.dispatch({ type: 'latent-reread', id: item.id, source, latent, preview });
        closeImages(item);
        reconsider();
      } catch (error) {
        notify(error);
      }
    },

    /** Encodes the current picture again under other settings. */
    setPicture(change: Partial<PictureSettings>): void {
      const item = currentItem(store.get());
      if (item?.source.kind !== 'picture') return;
      const settings = { ...item.source.settings, ...change };
      store.dispatch({ type: 'picture-set', id: item.id, settings });
      closeImages(item);
      reconsider();
    },
  };
}
