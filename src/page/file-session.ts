import type { Controller } from '../app/run/controller.ts';
import type { Action } from '../app/state/actions.ts';
import type { AppState, Item } from '../app/state/state.ts';
import type { Store } from '../app/state/store.ts';
import { keeping, type OpenFile } from '../browser/keeping.ts';
import { canKeep, createKeptFiles, type KeptFile, type KeptFiles } from '../browser/kept-files.ts';
import type { Override } from '../core/latent/reading.ts';
import { within } from '../core/within.ts';

/** A list, or a file's place, comes in no time; keeping 128 MB takes a slow disk some seconds. */
const PATIENCE_MS = 5000;
const KEEPING_MS = 60_000;

export interface FileSessionDeps {
  readonly store: Store<AppState, Action>;
  readonly controller: Pick<Controller, 'openOwnFiles' | 'select'>;
  readonly kept?: KeptFiles;
}

export type FileSession = ReturnType<typeof createFileSession>;

const overrideOf = (item: Item): Override => (item.source.kind === 'latent' ? item.source.override : {});

const isOneFile = (a: Item, b: Item): boolean =>
  a.source.kind === 'latent' && b.source.kind === 'latent' && a.source.file === b.source.file;

/** One use of the storage at a time. A storage that fails or is silent keeps nothing, and disturbs nothing. */
function createStorageQueue() {
  let queue: Promise<unknown> = Promise.resolve();
  /** A storage that did not answer, as that of a damaged profile, is left alone until the page is loaded again. */
  let isSilent = false;
  function giveUp(): null {
    isSilent = true;
    return null;
  }
  return {
    isSilent: (): boolean => isSilent,
    /** What `work` gives, or null where nothing can be had. */
    inTurn<R>(work: () => Promise<R>, patienceMs = PATIENCE_MS): Promise<R | null> {
      const result = queue
        .then(() => (isSilent ? null : within(work(), patienceMs, giveUp)))
        .catch(() => null);
      queue = result;
      return result;
    },
  };
}

/** Keeps what the person opened, and writes down which of it is open, how it is read, and what is on the stage. */
export function createFileSession({ store, controller, kept = createKeptFiles() }: FileSessionDeps) {
  /** Kept ids by item. */
  const ids = new Map<number, string>();
  const restored = new WeakMap<File, string>();
  let before = store.get();
  const storage = createStorageQueue();
  const { inTurn } = storage;

  function writeDown(): void {
    // The next visit may still have what this one could not reach.
    if (storage.isSilent()) return;
    const { items, currentId } = store.get();
    keeping.open = items.flatMap((item): OpenFile[] => {
      const id = ids.get(item.id);
      return id === undefined ? [] : [{ id, override: overrideOf(item), isCurrent: item.id === currentId }];
    });
  }

  function follow(state: AppState): void {
    const last = before;
    before = state;
    if (last.items === state.items && last.currentId === state.currentId) return;
    for (const [itemId, id] of ids) {
      if (state.items.some((item) => item.id === itemId)) continue;
      ids.delete(itemId);
      // Another latent of the same batch may still stand for the file.
      const old = last.items.find((item) => item.id === itemId);
      const heir = old === undefined ? undefined : state.items.find((item) => isOneFile(item, old));
      if (heir !== undefined) ids.set(heir.id, id);
    }
    writeDown();
  }

  store.subscribe(follow);

  async function reopen(id: string, override: Override, isSelected: boolean): Promise<void> {
    const file = await inTurn(() => kept.open(id));
    if (file === null) {
      await inTurn(() => kept.remove(id));
      return;
    }
    restored.set(file, id);
    await controller.openOwnFiles([{ file, override }], isSelected);
  }

  return {
    reopen,

    /** What is kept, newest last, with what is being kept just now; empty where the storage fails. */
    list: async (): Promise<readonly KeptFile[]> => (await inTurn(kept.list)) ?? [],

    /** Keeps the file of a new item. */
    async note(itemId: number, file: File): Promise<void> {
      if (!keeping.isOn || !canKeep()) return;
      const id =
        restored.get(file) ?? (await inTurn(() => kept.keep(file, new Set(ids.values())), KEEPING_MS));
      if (id === null || !store.get().items.some((candidate) => candidate.id === itemId)) return;
      ids.set(itemId, id);
      writeDown();
    },

    /** Opens what was open last time; true where it came to anything. */
    async restore(takesStage: boolean): Promise<boolean> {
      if (!canKeep()) return false;
      const told = keeping.open;
      const current = told.find(({ isCurrent }) => isCurrent)?.id;
      const count = store.get().items.length;
      for (const { id, override } of told) await reopen(id, override, false);
      const [itemId] = [...ids].find(([, id]) => id === current) ?? [];
      if (takesStage && itemId !== undefined) controller.select(itemId);
      writeDown();
      return store.get().items.length > count;
    },

    /** The item that shows a kept file, or null. */
    itemOf: (id: string): number | null => [...ids].find(([, known]) => known === id)?.[0] ?? null,

    async forget(id: string | 'all'): Promise<void> {
      await inTurn(() => (id === 'all' ? kept.clear() : kept.remove(id)));
      for (const [itemId, known] of ids) if (id === 'all' || known === id) ids.delete(itemId);
      writeDown();
    },
  };
}
