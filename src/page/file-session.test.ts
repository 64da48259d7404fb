import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Controller } from '../app/run/controller.ts';
import type { Action } from '../app/state/actions.ts';
import { reduce } from '../app/state/reducer.ts';
import { type AppState, initialState } from '../app/state/state.ts';
import { createStore } from '../app/state/store.ts';
import { openItem } from '../app/testing/open-item.ts';
import { keeping } from '../browser/keeping.ts';
import type { KeptFiles } from '../browser/kept-files.ts';
import { createFileSession } from './file-session.ts';

const ids = ['a', 'b', 'c'].map((letter) => letter.repeat(32));
const never = () => new Promise<never>(() => {});

/** A page on which three files were open last time, over a storage that does as `changes` say. */
function pageWith(changes: Partial<KeptFiles> = {}) {
  keeping.open = ids.map((id, at) => ({ id, override: {}, isCurrent: at === 1 }));
  const removed: string[] = [];
  const kept: KeptFiles = {
    list: async () => [],
    keep: async () => null,
    open: async (id) => new File([new Uint8Array(4)], `${id[0]}.npy`),
    remove: async (id) => void removed.push(id),
    clear: async () => {},
    ...changes,
  };
  const store = createStore<AppState, Action>(reduce, initialState('auto'));
  const controller: Pick<Controller, 'openOwnFiles' | 'select'> = {
    async openOwnFiles(files) {
      const id = store.get().items.length + 1;
      store.dispatch({
        type: 'item-opened',
        item: { ...openItem(id), name: files[0]?.file.name ?? '' },
        isSelected: false,
      });
      for (const { file } of files) await session.note(id, file);
    },
    select: (id) => store.dispatch({ type: 'item-selected', id }),
  };
  const session = createFileSession({ store, controller, kept });
  return { session, store, removed, names: () => store.get().items.map(({ name }) => name) };
}

describe('what was open last time', () => {
  beforeEach(() => {
    const values = new Map<string, string>();
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => values.get(key) ?? null,
      setItem: (key: string, value: string) => void values.set(key, value),
      removeItem: (key: string) => void values.delete(key),
    });
    vi.stubGlobal('navigator', { storage: { getDirectory: never } });
    vi.stubGlobal(
      'FileSystemFileHandle',
      class {
        createWritable(): void {}
      },
    );
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('comes back in order, with what was on the stage', async () => {
    const { session, store, names } = pageWith();
    expect(await session.restore(true)).toBe(true);
    expect(names()).toEqual(['a.npy', 'b.npy', 'c.npy']);
    expect(store.get().currentId).toBe(2);
    expect(keeping.open.map(({ id }) => id)).toEqual(ids);
  });

  it('but for a file that is gone, which is forgotten', async () => {
    const { session, names, removed } = pageWith({
      open: async (id) => (id === ids[0] ? null : new File([], `${id[0]}.npy`)),
    });
    expect(await session.restore(true)).toBe(true);
    expect(names()).toEqual(['b.npy', 'c.npy']);
    expect(removed).toEqual([ids[0]]);
    expect(keeping.open.map(({ id }) => id)).toEqual(ids.slice(1));
  });

  it('is given up where the storage never answers: the page goes on, and the next visit may still have it', async () => {
    vi.useFakeTimers();
    const asked: string[] = [];
    const { session, names, removed } = pageWith({
      open(id) {
        asked.push(id);
        return never();
      },
    });
    const restoring = session.restore(true);
    await vi.advanceTimersByTimeAsync(5000);
    expect(await restoring).toBe(false);
    // A storage that was silent once is not waited for again.
    expect([asked, removed, names()]).toEqual([[ids[0]], [], []]);
    expect(await session.list()).toEqual([]);
    expect(keeping.open.map(({ id }) => id)).toEqual(ids);
  });
});
