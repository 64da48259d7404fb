import { describe, expect, test, vi } from 'vitest';
import { writeSafetensors } from '../../core/container/write-safetensors.ts';
import { isAbort } from '../../core/errors.ts';
import { openFile } from '../../core/open-file.ts';
import { sentenceOf } from '../show/messages.ts';
import { describeStatus } from '../show/status.ts';
import type { Action } from '../state/actions.ts';
import { reduce } from '../state/reducer.ts';
import { type AppState, currentItem, initialState } from '../state/state.ts';
import { createStore } from '../state/store.ts';
import { latentBytes } from '../testing/latent-bytes.ts';
import type { Demo } from './demos.ts';
import { createItemOpener } from './item-opener.ts';
import type { Platform } from './platform.ts';

const tensor = (name: string) => ({ name, dtype: 'F32' as const, shape: [2], bytes: new Uint8Array(8) });
const network = writeSafetensors([tensor('1.weight'), tensor('1.bias'), tensor('3.conv.0.weight')]);

const own = (...files: readonly File[]) => files.map((file) => ({ file, override: {} }));

function setUp() {
  const weights: { name: string; sizeBytes: number; address: string | null }[] = [];
  const failures: unknown[] = [];
  const ownFiles: [number, string][] = [];
  const store = createStore<AppState, Action>(reduce, initialState('auto'));
  const opener = createItemOpener({
    store,
    platform: {
      fetchBytes: async () => network,
      readFile: async (file, name, override) =>
        openFile(new Uint8Array(await file.arrayBuffer()), name, override),
      bitmapOf: async () => ({ width: 1, height: 1, close: () => {} }),
    } as Pick<Platform, 'fetchBytes' | 'readFile'> as Platform,
    notify: (error) => failures.push(error),
    onOpened: () => {},
    onWeights: (file, name, address) => weights.push({ name, sizeBytes: file.size, address }),
    onOwnFile: (id, file) => ownFiles.push([id, file.name]),
  });
  return { weights, failures, ownFiles, store, opener };
}

describe('files that hold networks', () => {
  test('go to the library, while the latents beside them are opened', async () => {
    const { weights, failures, store, opener } = setUp();
    await opener.openFiles(
      own(
        new File([network], 'vae.safetensors'),
        new File([latentBytes(4, 4)], 'latent.safetensors'),
        new File(['words'], 'notes.txt'),
      ),
    );
    expect(weights).toEqual([{ name: 'vae.safetensors', sizeBytes: network.length, address: null }]);
    expect(store.get().items.map(({ name }) => name)).toEqual(['latent.safetensors']);
    expect(failures).toHaveLength(1);
  });

  test('are not read to find out where they are too large to be latents', async () => {
    const { weights, opener } = setUp();
    const large = { name: 'model.ckpt', size: 3e9 } as File;
    await opener.openFiles(own(large));
    expect(weights).toEqual([{ name: 'model.ckpt', sizeBytes: 3e9, address: null }]);
  });

  test('keep the name as written where its escapes make no text', async () => {
    const { weights, failures, opener } = setUp();
    await opener.openUrl('https://example.org/foo%zz.npy', {});
    expect(failures).toEqual([]);
    expect(weights.map(({ name }) => name)).toEqual(['foo%zz.npy']);
  });

  test('come from addresses too, and are remembered with them', async () => {
    const { weights, failures, opener } = setUp();
    await opener.openUrl('https://example.org/a/vae.safetensors', {});
    expect(weights).toEqual([
      {
        name: 'vae.safetensors',
        sizeBytes: network.length,
        address: 'https://example.org/a/vae.safetensors',
      },
    ]);
    expect(failures).toEqual([]);
  });
});

describe('several files at once', () => {
  test('that fail are told together, each with its own reason, and hide none of the good ones', async () => {
    const { failures, ownFiles, store, opener } = setUp();
    const bad = ['one.txt', 'two.txt', 'three.txt', 'four.txt'].map((name) => new File(['words'], name));
    await opener.openFiles(own(...bad, new File([latentBytes(4, 4)], 'good.npy')));
    expect(store.get().items.map(({ name }) => name)).toEqual(['good.npy']);
    expect(ownFiles).toEqual([[store.get().items[0]?.id, 'good.npy']]);
    expect(failures).toHaveLength(1);
    const { message } = failures[0] as Error;
    expect(message).toMatch(
      /^4 of 5 files could not be opened\. “one\.txt”: .* “three\.txt”: .* And 1 more\.$/,
    );
  });

  test('leave the stage to what is on it where they were open before', async () => {
    const { store, opener } = setUp();
    await opener.openFiles(own(new File([latentBytes(4, 4)], 'shown.npy')));
    await opener.openFiles(own(new File([latentBytes(4, 4)], 'kept.npy')), { isSelected: false });
    const { items, currentId } = store.get();
    expect(items.map(({ name }) => name)).toEqual(['shown.npy', 'kept.npy']);
    expect(currentId).toBe(items[0]?.id);
  });
});

describe('a file that takes long to read', () => {
  function setUpSlow() {
    const store = createStore<AppState, Action>(reduce, initialState('auto'));
    const failures: unknown[] = [];
    const ended: string[] = [];
    const opener = createItemOpener({
      store,
      platform: {
        readFile: (_file, name, _override, signal) =>
          new Promise((_, reject) =>
            signal.addEventListener('abort', () => {
              ended.push(name);
              reject(signal.reason);
            }),
          ),
      } as Pick<Platform, 'readFile'> as Platform,
      notify: (error) => failures.push(error),
      onOpened: () => {},
      onWeights: () => {},
    });
    return { store, failures, ended, opener };
  }

  test('is named in the status line, and Cancel ends it without a word', async () => {
    vi.useFakeTimers();
    try {
      const { store, failures, ended, opener } = setUpSlow();
      const opening = opener.openFiles(own(new File(['x'], 'slow.pt'), new File(['x'], 'next.pt')));
      expect(describeStatus(store.get()).canCancel).toBe(false);
      await vi.advanceTimersByTimeAsync(400);
      expect(describeStatus(store.get())).toMatchObject({
        tone: 'busy',
        text: 'Reading slow.pt',
        canCancel: true,
      });
      expect(opener.cancel()).toBe(true);
      await opening;
      expect(ended).toEqual(['slow.pt']);
      expect(failures).toEqual([]);
      expect(store.get().opening).toBeNull();
      expect(opener.cancel()).toBe(false);
    } finally {
      vi.useRealTimers();
    }
  });

  test('does not give way to the next: that waits, and Cancel ends only the one that is named', async () => {
    vi.useFakeTimers();
    try {
      const { store, failures, ended, opener } = setUpSlow();
      const first = opener.openFiles(own(new File(['x'], 'slow.pt')));
      await vi.advanceTimersByTimeAsync(400);
      const second = opener.openFiles(own(new File(['x'], 'newer.pt')));
      await vi.advanceTimersByTimeAsync(400);
      expect(ended).toEqual([]);
      expect(describeStatus(store.get()).text).toBe('Reading slow.pt');
      expect(opener.cancel()).toBe(true);
      await first;
      await vi.advanceTimersByTimeAsync(400);
      expect(ended).toEqual(['slow.pt']);
      expect(describeStatus(store.get()).text).toBe('Reading newer.pt');
      expect(opener.cancel()).toBe(true);
      await second;
      expect(ended).toEqual(['slow.pt', 'newer.pt']);
      expect(failures).toEqual([]);
    } finally {
      vi.useRealTimers();
    }
  });
});

/** An opener whose files and addresses come when the test says so. */
function setUpHeld({ isBroken = false } = {}) {
  const store = createStore<AppState, Action>(reduce, initialState('auto'));
  const failures: string[] = [];
  const held = new Map<string, (bytes: Uint8Array) => void>();
  function hold(name: string, signal: AbortSignal): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      held.set(name, resolve);
      signal.addEventListener('abort', () => {
        held.delete(name);
        reject(signal.reason);
      });
    });
  }
  const opener = createItemOpener({
    store,
    platform: {
      fetchBytes: isBroken ? async () => latentBytes(4, 4) : hold,
      readFile: async (file, name, override, signal) => {
        if (isBroken) throw new DOMException('The operation was aborted.', 'AbortError');
        const bytes = name.startsWith('own') ? await hold(name, signal) : await file.arrayBuffer();
        return openFile(new Uint8Array(bytes), name, override);
      },
      bitmapOf: async () => ({ width: 1, height: 1, close: () => {} }),
    } as Pick<Platform, 'fetchBytes' | 'readFile'> as Platform,
    notify: (error) => {
      // As the controller does: a cancel is no news.
      if (isAbort(error)) return;
      failures.push(sentenceOf(error));
      store.dispatch({ type: 'notice-changed', notice: { tone: 'error', text: sentenceOf(error) } });
    },
    onOpened: () => {},
    onWeights: () => {},
  });
  const latent = latentBytes(4, 4);
  return {
    store,
    failures,
    opener,
    drop: (...names: readonly string[]) =>
      opener.openFiles(own(...names.map((name) => new File(['x'], name)))),
    async come(name: string, bytes: Uint8Array = latent): Promise<void> {
      await vi.waitFor(() => expect([...held.keys()]).toContain(name));
      held.get(name)?.(bytes);
    },
    names: () => store.get().items.map(({ name }) => name),
    onStage: () => currentItem(store.get())?.name,
  };
}

const demo = (id: string) =>
  ({
    id,
    title: id,
    fileName: `${id}.safetensors`,
    url: `https://demos.example/${id}`,
    family: 'flux2',
  }) as Demo;

describe('reading that the browser ends by itself', () => {
  test('is told, and not taken for a cancel', async () => {
    const { failures, opener } = setUpHeld({ isBroken: true });
    await opener.openFiles(own(new File(['x'], 'mine.npy')));
    await opener.openUrl('https://example.org/linked.npy', {});
    expect(failures).toEqual([
      'The browser ended the reading of “mine.npy”. Open it once more.',
      'The browser ended the reading of “linked.npy”. Open it once more.',
    ]);
  });
});

describe('what is asked for while something else is on its way', () => {
  test('is opened as well: files dropped one after another all become items, the last has the stage', async () => {
    const { drop, come, names, onStage, failures } = setUpHeld();
    const all = Promise.all([drop('own1.npy', 'own2.npy'), drop('own3.npy')]);
    for (const name of ['own1.npy', 'own2.npy', 'own3.npy']) await come(name);
    await all;
    expect(names()).toEqual(['own1.npy', 'own2.npy', 'own3.npy']);
    expect(onStage()).toBe('own3.npy');
    expect(failures).toEqual([]);
  });

  test('keeps the stage where what was asked for before comes later', async () => {
    const { opener, drop, come, names, onStage } = setUpHeld();
    const slow = opener.openUrl('https://example.org/linked.npy', {});
    const quick = drop('own.npy');
    await come('own.npy');
    await quick;
    await come('https://example.org/linked.npy');
    await slow;
    expect(names()).toEqual(['own.npy', 'linked.npy']);
    expect(onStage()).toBe('own.npy');
  });

  test('takes the place of a demo that is not there yet, without a word', async () => {
    const { opener, drop, come, names, onStage, failures } = setUpHeld();
    const first = opener.openDemo(demo('cat'), {});
    const second = opener.openDemo(demo('dog'), {});
    await come('https://demos.example/dog');
    await Promise.all([first, second]);
    expect(names()).toEqual(['dog.safetensors']);
    const third = opener.openDemo(demo('cat'), {});
    const dropped = drop('own.npy');
    await come('own.npy');
    await Promise.all([third, dropped]);
    expect(names()).toEqual(['dog.safetensors', 'own.npy']);
    expect(onStage()).toBe('own.npy');
    expect(failures).toEqual([]);
  });

  test('does not end a file that is being read where it is a demo', async () => {
    const { opener, drop, come, names, onStage } = setUpHeld();
    const dropped = drop('own.npy');
    const shown = opener.openDemo(demo('cat'), {});
    await come('https://demos.example/cat');
    await shown;
    await come('own.npy');
    await dropped;
    expect(names()).toEqual(['cat.safetensors', 'own.npy']);
    expect(onStage()).toBe('cat.safetensors');
  });

  test('does not take away the words about what could not be opened', async () => {
    const { store, drop, come, names, failures } = setUpHeld();
    const words = new TextEncoder().encode('words');
    const all = Promise.all([drop('own-bad.npy'), drop('own-worse.npy'), drop('own-good.npy')]);
    await come('own-bad.npy', words);
    await come('own-worse.npy', words);
    await come('own-good.npy');
    await all;
    expect(names()).toEqual(['own-good.npy']);
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatch(/^2 of 3 files could not be opened\. “own-bad\.npy”: .* “own-worse\.npy”: /);
    expect(store.get().notice?.text).toBe(failures[0]);
  });
});
