import type { Scale } from '../../contract/engine.ts';
import type { Latent } from '../../core/latent/latent.ts';
import type { PaneKey } from '../state/panes.ts';
import { currentItem } from '../state/state.ts';
import type { ControllerParts } from './controller-parts.ts';
import type { Conversion } from './conversions.ts';
import { type MadePicture, makePicture } from './export-picture.ts';
import { upscaledLatent } from './perform-task.ts';
import { isErrand } from './same-work.ts';
import { listModels } from './start.ts';

/** What a person asks of the engine: which pictures, again, stop, go on, and what is made for an export alone. */
export function workCommands(parts: ControllerParts) {
  const { store, opener, queue, notify, reconsider } = parts;

  function onCurrent(act: (id: number) => void): void {
    const item = currentItem(store.get());
    if (item !== null) act(item.id);
    reconsider();
  }

  return {
    /** Ends what runs; finished panes stay. */
    stop(): void {
      // What is being opened has the status line, and so the button.
      if (opener.cancel()) return;
      const task = queue.running();
      // A download is stopped alone: the pictures are wanted still.
      if (task !== null && isErrand(task)) {
        queue.abort();
        return;
      }
      const id = task?.itemId ?? currentItem(store.get())?.id;
      if (id !== undefined) store.dispatch({ type: 'item-stopped', id });
      reconsider();
    },

    /** Takes up a stopped or failed item again, the engine's own failure included. */
    resume(): void {
      store.dispatch({ type: 'engine-retried' });
      if (store.get().engine.models === null) void listModels(parts);
      onCurrent((id) => store.dispatch({ type: 'item-resumed', id }));
    },

    show(keys: readonly PaneKey[]): void {
      store.dispatch({ type: 'panes-shown', keys });
      reconsider();
    },

    /** Makes one pane that was held back, or that failed. */
    ask: (key: PaneKey): void => onCurrent((id) => store.dispatch({ type: 'pane-asked', id, key })),

    /** Repeats every picture of the current item, or those of `keys`. */
    runAgain: (times: number, keys?: readonly PaneKey[]): void =>
      onCurrent((id) => store.dispatch({ type: 'runs-asked', id, times, ...(keys && { keys }) })),

    /** The current latent at `scale`, upscaled with LUA where that is 2 or 4. Rejects with a sentence. */
    async latentAt(scale: Scale, signal?: AbortSignal): Promise<Latent> {
      const item = currentItem(store.get());
      if (item?.latent == null) throw new Error('nothing is open');
      if (scale === 1) return item.latent;
      const task = { kind: 'latent', itemId: item.id, scale } as const;
      return queue.errand(task, (context) => upscaledLatent(task, context), signal);
    },

    /** Turns the current latent into one of another family; it opens beside it. */
    async convert(conversion: Conversion): Promise<void> {
      const item = currentItem(store.get());
      if (item === null) return;
      // What was said before would stand in the place of how it goes.
      store.dispatch({ type: 'notice-changed', notice: null });
      const { convertLatent } = await import('./convert-latent.ts');
      const task = { kind: 'convert', itemId: item.id } as const;
      const made = await queue
        .errand(task, (context) => convertLatent(item, conversion, context))
        .catch(notify);
      if (made !== undefined) opener.add(made, true);
    },

    /** The picture `key` of an item for an export, made aside where the item has none; of `latent`, where it is another of its frames. Rejects with a sentence. */
    pictureFor(
      itemId: number,
      key: PaneKey,
      signal?: AbortSignal,
      latent: Latent | null = null,
    ): Promise<MadePicture> {
      const task = { kind: 'picture', itemId, key } as const;
      return queue.errand(task, (context) => makePicture(itemId, key, latent, context), signal);
    },
  };
}
