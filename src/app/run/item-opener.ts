import { AppError, isAbort } from '../../core/errors.ts';
import type { Override } from '../../core/latent/reading.ts';
import { readToldLatent } from '../../core/latent/told-latent.ts';
import type { OpenedFile } from '../../core/open-file.ts';
import { sentenceOf } from '../show/messages.ts';
import type { Action } from '../state/actions.ts';
import { type AppState, currentItem, type Item, type Opening, type Origin } from '../state/state.ts';
import type { Store } from '../state/store.ts';
import type { Demo } from './demos.ts';
import { DEFAULT_PICTURE_SETTINGS, makePreview, sourceFrom } from './open-source.ts';
import { bearableSide } from './picture-size.ts';
import type { Platform } from './platform.ts';

interface OpenerDeps {
  readonly store: Store<AppState, Action>;
  readonly platform: Platform;
  readonly notify: (error: unknown) => void;
  readonly onOpened: () => void;
  /** Told of a file that holds a network and no latent. */
  readonly onWeights: (file: Blob, name: string, address: string | null) => void;
  /** Told of a person's own file and the item that was made of it. */
  readonly onOwnFile?: (id: number, file: File) => void;
}

/** A person's own file, and how they corrected the reading of it. */
export interface OwnFile {
  readonly file: File;
  readonly override: Override;
}

/** What is said of more files than this: how many there are. */
const MOST_NAMED = 3;

/** Latents are small; a file of this size under a checkpoint's name is not read to find out. */
const LARGE_BYTES = 64e6;

const isSurelyWeights = ({ name, size }: File): boolean =>
  size > LARGE_BYTES && /\.(safetensors|sft|pth|pt|ckpt|bin)$/i.test(name);

/** The file's name in an address; as written where its escapes make no text ("foo%zz.npy" is a name as well). */
function nameIn(url: string): string {
  const written = new URL(url).pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(written) || url;
  } catch {
    return written;
  }
}

/** Nearly every file is read sooner than anybody could read that it is. */
const SAY_READING_MS = 300;

/**
 * Turns files, addresses and demos into items. Nothing is added, and nothing on the stage changes, until a file has been
 * understood; a newer request ends the download of an older one.
 */
export function createItemOpener({ store, platform, notify, onOpened, onWeights, onOwnFile }: OpenerDeps) {
  let nextId = 1;
  let requests = 0;
  let request = new AbortController();

  function begin(): AbortSignal {
    requests += 1;
    request.abort();
    if (store.get().opening !== null) store.dispatch({ type: 'opening-changed', opening: null });
    request = new AbortController();
    return request.signal;
  }

  /** Tells how a request goes, unless a newer one has taken its place. */
  function tell(signal: AbortSignal, opening: Opening | null): void {
    if (signal === request.signal && !signal.aborted) store.dispatch({ type: 'opening-changed', opening });
  }

  /** What a file is; where that takes a while, the status line says so. */
  async function read(
    file: Blob,
    name: string,
    override: Override,
    signal: AbortSignal,
  ): Promise<OpenedFile> {
    const timer = setTimeout(
      () => tell(signal, { step: 'read', file: name, loadedBytes: 0, totalBytes: 0 }),
      SAY_READING_MS,
    );
    try {
      return await platform.readFile(file, name, override, signal);
    } finally {
      clearTimeout(timer);
      tell(signal, null);
    }
  }

  /** Weights are no item: the library takes them. `origin` tells a person's own file from what an address brought. */
  function importNetwork(file: Blob, name: string, origin: Origin): void {
    onWeights(file, name, origin.kind === 'url' ? origin.url : null);
  }

  /** Puts an item on the list; one that is selected ends what was unfinished before it. */
  function add(parts: Omit<Item, 'id'>, isSelected: boolean): number {
    const previous = currentItem(store.get());
    const id = nextId++;
    store.dispatch({ type: 'item-opened', item: { id, ...parts }, isSelected });
    if (isSelected && previous !== null && isUnfinished(store.get(), previous.id)) {
      store.dispatch({ type: 'item-stopped', id: previous.id });
    }
    onOpened();
    return id;
  }

  /** The id of the item that came of it, or null. */
  async function addOpened(
    opened: OpenedFile,
    file: Blob,
    name: string,
    origin: Origin,
    options: { readonly isSelected: boolean; readonly override: Override },
  ): Promise<number | null> {
    if (opened.kind === 'network') {
      importNetwork(file, name, origin);
      return null;
    }
    const { report, device } = store.get().engine;
    const longestSide = bearableSide((report ?? device)?.backend ?? null);
    const settings = { ...DEFAULT_PICTURE_SETTINGS, longestSide };
    const made = await sourceFrom(opened, file, options.override, platform, settings);
    const preview = made.latent === null ? null : await makePreview(made.latent, platform);
    const parts = {
      name,
      origin,
      source: made.source,
      latent: made.latent,
      preview,
      reference: null,
      stretched: null,
      panes: {},
      // What the page's own demos are is known.
      isDecided: origin.kind === 'demo',
      isStopped: false,
      message: null,
    };
    return add(parts, options.isSelected);
  }

  async function fetchAndAdd(
    url: string,
    name: string,
    origin: Origin,
    override: Override,
    open: (file: Blob, bytes: Uint8Array, signal: AbortSignal) => OpenedFile | Promise<OpenedFile>,
  ): Promise<void> {
    const signal = begin();
    try {
      const bytes = await platform.fetchBytes(url, signal, (loadedBytes, totalBytes) =>
        tell(signal, { step: 'fetch', file: name, loadedBytes, totalBytes }),
      );
      tell(signal, null);
      if (signal.aborted) return;
      const file = new Blob([new Uint8Array(bytes)]);
      const opened = await open(file, bytes, signal);
      await addOpened(opened, file, name, origin, { isSelected: true, override });
    } catch (error) {
      tell(signal, null);
      notify(error);
    }
  }

  return {
    /** How many files, addresses and demos were asked for so far. */
    requests: (): number => requests,

    /** Ends what is being fetched or read, if anything is; true where something was. */
    cancel(): boolean {
      if (store.get().opening === null) return false;
      request.abort();
      store.dispatch({ type: 'opening-changed', opening: null });
      return true;
    },

    /** Puts an item that was made of an open one beside it. */
    add,

    /** Opens files in order; the first that is good takes the stage where `isSelected`. Those that fail are told together. */
    async openFiles(files: readonly OwnFile[], { isSelected = true } = {}): Promise<void> {
      const signal = begin();
      const failures: { readonly name: string; readonly error: unknown }[] = [];
      let takesStage = isSelected;
      for (const { file, override } of files) {
        if (isSurelyWeights(file)) {
          importNetwork(file, file.name, { kind: 'file' });
          continue;
        }
        try {
          const opened = await read(file, file.name, override, signal);
          const options = { isSelected: takesStage, override };
          const id = await addOpened(opened, file, file.name, { kind: 'file' }, options);
          if (id === null) continue;
          takesStage = false;
          onOwnFile?.(id, file);
        } catch (error) {
          if (signal.aborted && isAbort(error)) return;
          failures.push({ name: file.name, error });
        }
      }
      const [first] = failures;
      if (first !== undefined) notify(failures.length === 1 ? first.error : together(failures, files.length));
    },

    /** What a demo is stands in the list of demos, in model space; an address may say otherwise. */
    openDemo(demo: Demo, override: Override): Promise<void> {
      const isAsListed = Object.keys(override).length === 0;
      const known = { family: demo.family, space: 'model' as const, ...override };
      return fetchAndAdd(
        demo.url,
        demo.fileName,
        { kind: 'demo', id: demo.id },
        known,
        async (file, bytes, signal) => {
          // The one door would bring ZIP, PNG and the signatures of foreign files along.
          const { family, space, ...more } = known;
          const isTold = Object.keys(more).length === 0;
          const opened =
            (isTold ? readToldLatent(bytes, { family, space }) : null) ??
            (await read(file, demo.fileName, known, signal));
          if (opened.kind !== 'latent') return opened;
          const reason = isAsListed ? 'One of the latents that come with this page.' : opened.reading.reason;
          return { ...opened, reading: { ...opened.reading, reason } };
        },
      );
    },

    openUrl(url: string, override: Override): Promise<void> {
      const name = nameIn(url);
      return fetchAndAdd(url, name, { kind: 'url', url }, override, (file, _, signal) =>
        read(file, name, override, signal),
      );
    },
  };
}

/** Several refusals as one: each file with its own sentence, as far as anybody reads. */
function together(
  failures: readonly { readonly name: string; readonly error: unknown }[],
  of: number,
): AppError {
  const named = failures.slice(0, MOST_NAMED).map(({ name, error }) => `“${name}”: ${sentenceOf(error)}`);
  const more = failures.length - named.length;
  const rest = more === 0 ? [] : [`And ${more} more.`];
  return new AppError(
    'file/unreadable',
    [`${failures.length} of ${of} files could not be opened.`, ...named, ...rest].join(' '),
  );
}

function isUnfinished(state: AppState, id: number): boolean {
  const item = state.items.find((candidate) => candidate.id === id);
  if (item === undefined) return false;
  return state.shown.some((key) => item.panes[key]?.status !== 'done');
}
