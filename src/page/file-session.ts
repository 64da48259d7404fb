import type { Controller } from '../app/run/controller.ts';
import type { Action } from '../app/state/actions.ts';
import type { AppState, Item } from '../app/state/state.ts';
import type { Store } from '../app/state/store.ts';
import { keeping } from '../browser/keeping.ts';
import { canKeep, createKeptFiles, type KeptFile, type KeptFiles } from '../browser/kept-files.ts';
import type { Override } from '../core/latent/reading.ts';

export interface FileSessionDeps {
  readonly store: Store<AppState, Action>;
  readonly controller: Controller;
  readonly kept?: KeptFiles;
}

export type FileSession = ReturnType<typeof createFileSession>;

const overrideOf = (item: Item): Override => (item.source.kind === 'latent' ? item.source.override : {});

const isOneFile = (a: Item, b: Item): boolean =>
  a.source.kind === 'latent' && b.source.kind === 'latent' && a.source.file === b.source.file;

/** Keeps what the person opened in step with what the page holds: which files are open, how they are read, which is on the stage. */
export function createFileSession({ store, controller, kept = createKeptFiles() }: FileSessionDeps) {
  /** Kept ids by item. */
  const ids = new Map<number, string>();
  const restored = new WeakMap<File, KeptFile>();
  let before = store.get();
  let queue: Promise<unknown> = Promise.resolve();

  /** Descriptions are read and written again: one at a time. A storage that fails keeps nothing, and disturbs nothing. */
  function inTurn<R>(work: () => Promise<R>): Promise<R | null> {
    const result = queue.then(work).catch(() => null);
    queue = result;
    return result;
  }

  const change = (id: string, told: Parameters<KeptFiles['change']>[1]): void =>
    void inTurn(() => kept.change(id, told));

  function follow(state: AppState): void {
    const last = before;
    before = state;
    if (last.items === state.items && last.currentId === state.currentId) return;
    for (const [itemId, id] of ids) {
      const old = last.items.find((item) => item.id === itemId);
      const now = state.items.find((item) => item.id === itemId);
      if (now === undefined) closed(itemId, id, old, state);
      else if (old !== undefined && overrideOf(old) !== overrideOf(now))
        change(id, { override: overrideOf(now) });
    }
    if (last.currentId !== state.currentId) {
      for (const [itemId, isCurrent] of [
        [last.currentId, false],
        [state.currentId, true],
      ] as const) {
        const id = itemId === null ? undefined : ids.get(itemId);
        if (id !== undefined) change(id, { isCurrent });
      }
    }
    keeping.hasOpen = ids.size > 0;
  }

  /** Another latent of the same batch may still stand for the file. */
  function closed(itemId: number, id: string, old: Item | undefined, state: AppState): void {
    ids.delete(itemId);
    const heir = old === undefined ? undefined : state.items.find((item) => isOneFile(item, old));
    if (heir === undefined) change(id, { isOpen: false, isCurrent: false });
    else ids.set(heir.id, id);
  }

  store.subscribe(follow);

  return {
    kept,

    /** Keeps the file of a new item. */
    async note(itemId: number, file: File): Promise<void> {
      if (!keeping.isOn || !canKeep()) return;
      const known = restored.get(file);
      const item = store.get().items.find((candidate) => candidate.id === itemId);
      const id =
        known?.id ?? (await inTurn(() => kept.keep(file, item === undefined ? {} : overrideOf(item))));
      if (id === null) return;
      const isStillOpen = store.get().items.some((candidate) => candidate.id === itemId);
      if (isStillOpen) ids.set(itemId, id);
      change(id, { isOpen: isStillOpen, isCurrent: store.get().currentId === itemId });
      keeping.hasOpen = ids.size > 0;
    },

    /** Opens what was open last time; true where it came to anything. */
    async restore(takesStage: boolean): Promise<boolean> {
      if (!canKeep()) return false;
      const told = ((await inTurn(kept.list)) ?? []).filter(({ isOpen }) => isOpen);
      const count = store.get().items.length;
      for (const one of told) await this.reopen(one, false);
      const opened = store.get().items.length > count;
      const current = told.find(({ isCurrent }) => isCurrent)?.id;
      const [itemId] = [...ids].find(([, id]) => id === current) ?? [];
      if (takesStage && itemId !== undefined) controller.select(itemId);
      if (!opened) keeping.hasOpen = false;
      return opened;
    },

    /** Opens a kept file again; one that is gone is forgotten. */
    async reopen(told: KeptFile, isSelected: boolean): Promise<void> {
      const file = await inTurn(() => kept.open(told.id));
      if (file === null) {
        await inTurn(() => kept.remove(told.id));
        return;
      }
      restored.set(file, told);
      await controller.openOwnFiles([{ file, override: told.override }], isSelected);
    },

    /** The item that shows a kept file, or null. */
    itemOf: (id: string): number | null => [...ids].find(([, known]) => known === id)?.[0] ?? null,

    async forget(id: string | 'all'): Promise<void> {
      await inTurn(() => (id === 'all' ? kept.clear() : kept.remove(id)));
      for (const [itemId, known] of ids) if (id === 'all' || known === id) ids.delete(itemId);
      keeping.hasOpen = ids.size > 0;
    },
  };
}
