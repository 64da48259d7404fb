import { AppError } from '../core/errors.ts';
import type { Override } from '../core/latent/reading.ts';
import type { Action } from './actions.ts';
import type { Demo } from './demos.ts';
import { makePreview, openBytes, rereadLatent } from './open-source.ts';
import type { Platform } from './platform.ts';
import { type Activity, type AppState, currentItem, type Origin } from './state.ts';
import type { Store } from './store.ts';

interface OpenerDeps {
  readonly store: Store<AppState, Action>;
  readonly platform: Platform;
  readonly notify: (error: unknown) => void;
  readonly onOpened: () => void;
  /** Told of a file that holds a network and no latent. */
  readonly onWeights: (file: Blob, name: string, address: string | null) => void;
}

/** Latents are small; a file of this size under a checkpoint's name is not read to find out. */
const LARGE_BYTES = 64e6;

const isSurelyWeights = ({ name, size }: File): boolean =>
  size > LARGE_BYTES && /\.(safetensors|sft|pth|pt|ckpt|bin)$/i.test(name);

const holdsNetwork = (error: unknown): boolean =>
  error instanceof AppError && error.detail['looksLike'] === 'model';

const opening = (file: string, loadedBytes: number, totalBytes: number): Activity => ({
  what: 'open',
  itemId: null,
  key: null,
  step: 'fetch',
  tile: 0,
  tiles: 0,
  file,
  loadedBytes,
  totalBytes,
});

/**
 * Turns files, addresses and demos into items. Nothing is added, and nothing on the stage changes, until a file has been
 * understood; a newer request ends the download of an older one.
 */
export function createItemOpener({ store, platform, notify, onOpened, onWeights }: OpenerDeps) {
  let nextId = 1;
  let request = new AbortController();

  function begin(): AbortSignal {
    request.abort();
    request = new AbortController();
    return request.signal;
  }

  async function add(
    bytes: Uint8Array<ArrayBuffer>,
    name: string,
    origin: Origin,
    options: { readonly isSelected: boolean; readonly override: Override; readonly reason?: string },
  ): Promise<void> {
    let opened = await openBytes(bytes, name, platform);
    if (opened.latent !== null && Object.keys(options.override).length > 0) {
      opened = rereadLatent(opened.source, name, options.override);
    }
    if (opened.latent !== null && options.reason !== undefined) {
      const reading = { ...opened.source.reading, reason: options.reason };
      opened = { ...opened, source: { ...opened.source, reading } };
    }
    const preview = opened.latent === null ? null : await makePreview(opened.latent, platform);
    const previous = currentItem(store.get());
    const item = {
      id: nextId++,
      name,
      origin,
      source: opened.source,
      latent: opened.latent,
      preview,
      reference: null,
      panes: {},
      // What the page's own demos are is known.
      isSettled: origin.kind === 'demo',
      isStopped: false,
      message: null,
    };
    store.dispatch({ type: 'item-opened', item, isSelected: options.isSelected });
    if (options.isSelected && previous !== null && isUnfinished(store.get(), previous.id)) {
      store.dispatch({ type: 'item-stopped', id: previous.id });
    }
    onOpened();
  }

  async function fetchAndAdd(
    url: string,
    name: string,
    origin: Origin,
    reading: { readonly override: Override; readonly reason?: string },
  ): Promise<void> {
    const signal = begin();
    try {
      const bytes = await platform.fetchBytes(url, signal, (loaded, total) =>
        store.get().activity?.what === 'open' || store.get().activity === null
          ? store.dispatch({ type: 'activity-changed', activity: opening(name, loaded, total) })
          : undefined,
      );
      if (store.get().activity?.what === 'open') store.dispatch({ type: 'activity-changed', activity: null });
      if (signal.aborted) return;
      const copy = new Uint8Array(bytes);
      try {
        await add(copy, name, origin, { isSelected: true, ...reading });
      } catch (error) {
        if (!holdsNetwork(error)) throw error;
        onWeights(new Blob([copy]), name, url);
      }
    } catch (error) {
      if (store.get().activity?.what === 'open') store.dispatch({ type: 'activity-changed', activity: null });
      notify(error);
    }
  }

  return {
    async openFiles(files: readonly File[]): Promise<void> {
      begin();
      let isSelected = true;
      for (const file of files) {
        if (isSurelyWeights(file)) {
          onWeights(file, file.name, null);
          continue;
        }
        try {
          const bytes = new Uint8Array(await file.arrayBuffer());
          await add(bytes, file.name, { kind: 'file' }, { isSelected, override: {} });
          isSelected = false;
        } catch (error) {
          if (holdsNetwork(error)) onWeights(file, file.name, null);
          else notify(error);
        }
      }
    },

    /** What a demo is stands in the list of demos, in model space; an address may say otherwise. */
    openDemo(demo: Demo, override: Override): Promise<void> {
      const isAsListed = Object.keys(override).length === 0;
      return fetchAndAdd(
        demo.url,
        demo.fileName,
        { kind: 'demo', id: demo.id },
        {
          override: { family: demo.family, space: 'model', ...override },
          ...(isAsListed ? { reason: 'One of the latents that come with this page.' } : {}),
        },
      );
    },

    openUrl(url: string, override: Override): Promise<void> {
      const name = decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '') || url;
      return fetchAndAdd(url, name, { kind: 'url', url }, { override });
    },
  };
}

function isUnfinished(state: AppState, id: number): boolean {
  const item = state.items.find((candidate) => candidate.id === id);
  if (item === undefined) return false;
  return state.shown.some((key) => item.panes[key]?.status !== 'done');
}
