import { AppError, isAbort } from '../../core/errors.ts';
import type { Override } from '../../core/latent/reading.ts';
import { readToldLatent } from '../../core/latent/told-latent.ts';
import type { OpenedFile } from '../../core/open-file.ts';
import { workWords } from '../../words/work.ts';
import { sentenceOf, TOLD } from '../show/messages.ts';
import type { Action } from '../state/actions.ts';
import type { AppState, Origin } from '../state/state.ts';
import type { Store } from '../state/store.ts';
import type { Demo } from './demos.ts';
import { createItemAdder, type ItemAdder } from './item-adder.ts';
import { createOpenings, type Openings } from './openings.ts';
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

interface OpenerParts extends OpenerDeps {
  readonly openings: Openings;
  readonly adder: ItemAdder;
}

/** A person's own file, and how they corrected the reading of it. */
export interface OwnFile {
  readonly file: File;
  readonly override: Override;
}

export type ItemOpener = ReturnType<typeof createItemOpener>;

/**
 * Turns files, addresses and demos into items. Nothing is added, and nothing on the stage changes, until a file has been
 * understood; a newer request ends the download of an older one.
 */
export function createItemOpener(deps: OpenerDeps) {
  const openings = createOpenings(deps.store);
  const adder = createItemAdder(deps);
  const parts: OpenerParts = { ...deps, openings, adder };
  return {
    /** How many files, addresses and demos were asked for so far. */
    requests: openings.count,
    /** Ends what is being fetched or read, if anything is; true where something was. */
    cancel: openings.cancel,
    /** Puts an item that was made of an open one beside it. */
    add: adder.add,
    /** Opens files in order; the first that is good takes the stage where `isSelected`. Those that fail are told together. */
    openFiles: (files: readonly OwnFile[], { isSelected = true } = {}): Promise<void> =>
      openFiles(parts, files, isSelected),
    openDemo: (demo: Demo, override: Override): Promise<void> => openDemo(parts, demo, override),
    openUrl: (url: string, override: Override): Promise<void> => openUrl(parts, url, override),
  };
}

/** Latents are small; a file of this size under a checkpoint's name is not read to find out. */
const LARGE_BYTES = 64e6;

const isSurelyWeights = ({ name, size }: File): boolean =>
  size > LARGE_BYTES && /\.(safetensors|sft|pth|pt|ckpt|bin)$/i.test(name);

async function openFiles(parts: OpenerParts, files: readonly OwnFile[], isSelected: boolean): Promise<void> {
  const { openings, adder, notify, onOwnFile } = parts;
  const signal = openings.begin();
  const failures: { readonly name: string; readonly error: unknown }[] = [];
  const origin = { kind: 'file' } as const;
  let takesStage = isSelected;
  for (const { file, override } of files) {
    const { name } = file;
    if (isSurelyWeights(file)) {
      adder.importNetwork(file, name, origin);
      continue;
    }
    try {
      const opened = await read(parts, file, name, override, signal);
      const id = await adder.addFound({ opened, file, name, origin, override }, takesStage);
      if (id === null) continue;
      takesStage = false;
      onOwnFile?.(id, file);
    } catch (error) {
      if (signal.aborted && isAbort(error)) return;
      failures.push({ name, error });
    }
  }
  const [first] = failures;
  if (first !== undefined) notify(failures.length === 1 ? first.error : together(failures, files.length));
}

/** What a demo is stands in the list of demos, in model space; an address may say otherwise. */
function openDemo(parts: OpenerParts, demo: Demo, override: Override): Promise<void> {
  const isAsListed = Object.keys(override).length === 0;
  const known = { family: demo.family, space: 'model' as const, ...override };
  const { family, space, ...more } = known;
  const isTold = Object.keys(more).length === 0;
  return fetchAndAdd(
    parts,
    { url: demo.url, name: demo.fileName, origin: { kind: 'demo', id: demo.id }, override: known },
    async (file, bytes, signal) => {
      // The one door would bring ZIP, PNG and the signatures of foreign files along.
      const opened =
        (isTold ? readToldLatent(bytes, { family, space }) : null) ??
        (await read(parts, file, demo.fileName, known, signal));
      if (opened.kind !== 'latent') return opened;
      const reason = isAsListed ? workWords().demoReason : opened.reading.reason;
      return { ...opened, reading: { ...opened.reading, reason } };
    },
  );
}

function openUrl(parts: OpenerParts, url: string, override: Override): Promise<void> {
  const name = nameIn(url);
  return fetchAndAdd(parts, { url, name, origin: { kind: 'url', url }, override }, (file, _, signal) =>
    read(parts, file, name, override, signal),
  );
}

/** The file's name in an address; as written where its escapes make no text ("foo%zz.npy" is a name as well). */
function nameIn(url: string): string {
  const written = new URL(url).pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(written) || url;
  } catch {
    return written;
  }
}

interface Fetched {
  readonly url: string;
  readonly name: string;
  readonly origin: Origin;
  readonly override: Override;
}

async function fetchAndAdd(
  { openings, adder, platform, notify }: OpenerParts,
  { url, ...what }: Fetched,
  open: (file: Blob, bytes: Uint8Array, signal: AbortSignal) => Promise<OpenedFile>,
): Promise<void> {
  const signal = openings.begin();
  try {
    const bytes = await platform.fetchBytes(url, signal, (loadedBytes, totalBytes) =>
      openings.tell(signal, { step: 'fetch', file: what.name, loadedBytes, totalBytes }),
    );
    openings.tell(signal, null);
    if (signal.aborted) return;
    const file = new Blob([new Uint8Array(bytes)]);
    const opened = await open(file, bytes, signal);
    await adder.addFound({ ...what, opened, file }, true);
  } catch (error) {
    openings.tell(signal, null);
    notify(error);
  }
}

/** Nearly every file is read sooner than anybody could read that it is. */
const SAY_READING_MS = 300;

/** What a file is; where that takes a while, the status line says so. */
async function read(
  { openings, platform }: OpenerParts,
  file: Blob,
  name: string,
  override: Override,
  signal: AbortSignal,
): Promise<OpenedFile> {
  const timer = setTimeout(
    () => openings.tell(signal, { step: 'read', file: name, loadedBytes: 0, totalBytes: 0 }),
    SAY_READING_MS,
  );
  try {
    return await platform.readFile(file, name, override, signal);
  } finally {
    clearTimeout(timer);
    openings.tell(signal, null);
  }
}

/** What is said of more files than this: how many there are. */
const MOST_NAMED = 3;

/** Several refusals as one: each file with its own sentence, as far as anybody reads. */
function together(
  failures: readonly { readonly name: string; readonly error: unknown }[],
  of: number,
): AppError {
  const named = failures.slice(0, MOST_NAMED).map(({ name, error }) => `“${name}”: ${sentenceOf(error)}`);
  const more = failures.length - named.length;
  const rest = more === 0 ? [] : [workWords().andMore(more)];
  const text = [workWords().notOpened(failures.length, of), ...named, ...rest].join(' ');
  return new AppError('file/unreadable', text, { detail: TOLD });
}
