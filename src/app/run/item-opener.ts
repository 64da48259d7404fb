import { AppError, isAbort } from '../../core/errors.ts';
import type { Override } from '../../core/latent/reading.ts';
import { readToldLatent } from '../../core/latent/told-latent.ts';
import type { OpenedFile } from '../../core/open-file.ts';
import { createSerialQueue, type SerialQueue } from '../../core/serial-queue.ts';
import { workWords } from '../../words/work.ts';
import { sentenceOf, TOLD } from '../show/messages.ts';
import type { Action } from '../state/actions.ts';
import type { AppState, Origin } from '../state/state.ts';
import type { Store } from '../state/store.ts';
import type { Demo } from './demos.ts';
import { createItemAdder, type ItemAdder } from './item-adder.ts';
import { createOpenings, type Failure, type Openings, type Request } from './openings.ts';
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
  /** Files are read one after the other, in the order in which they came. */
  readonly reading: SerialQueue;
}

/** A person's own file, and how they corrected the reading of it. */
export interface OwnFile {
  readonly file: File;
  readonly override: Override;
}

export type ItemOpener = ReturnType<typeof createItemOpener>;

/**
 * Turns files, addresses and demos into items. Nothing is added, and nothing on the stage changes, until a file has been
 * understood. What comes while something else is on its way is opened as well, only a demo gives way; what was asked for last has the stage.
 */
export function createItemOpener(deps: OpenerDeps) {
  const openings = createOpenings(deps.store, (failures, of) => {
    const [first] = failures;
    if (first !== undefined) deps.notify(failures.length === 1 ? first.error : together(failures, of));
  });
  const adder = createItemAdder(deps);
  const parts: OpenerParts = { ...deps, openings, adder, reading: createSerialQueue() };
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
  const request = parts.openings.begin('own');
  const failures: Failure[] = [];
  let takesStage = isSelected;
  await parts.reading.run(async () => {
    for (const own of files) {
      if (request.signal.aborted) break;
      try {
        if (await openFile(parts, own, request, () => takesStage && request.takeStage())) takesStage = false;
      } catch (error) {
        if (!isCancel(request, error)) failures.push(failureOf(own.file.name, error));
      }
    }
  });
  request.end(failures, files.length);
}

const isCancel = ({ signal }: Request, error: unknown): boolean => signal.aborted && isAbort(error);

/** What failed, told: an abort that nobody here asked for would pass for a cancel. */
function failureOf(name: string, error: unknown): Failure {
  if (!isAbort(error)) return { name, error };
  return { name, error: new AppError('file/unreadable', workWords().readingEnded(name), { cause: error }) };
}

/** True where an item came of it. */
async function openFile(
  parts: OpenerParts,
  { file, override }: OwnFile,
  request: Request,
  takesStage: () => boolean,
): Promise<boolean> {
  const { name } = file;
  const origin = { kind: 'file' } as const;
  if (isSurelyWeights(file)) {
    parts.adder.importNetwork(file, name, origin);
    return false;
  }
  const opened = await read(parts, file, name, override, request);
  const id = await parts.adder.addFound({ opened, file, name, origin, override }, takesStage);
  if (id !== null) parts.onOwnFile?.(id, file);
  return id !== null;
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
    async (file, bytes, request) => {
      // The one door would bring ZIP, PNG and the signatures of foreign files along.
      const opened =
        (isTold ? readToldLatent(bytes, { family, space }) : null) ??
        (await read(parts, file, demo.fileName, known, request));
      if (opened.kind !== 'latent') return opened;
      const reason = isAsListed ? workWords().demoReason : opened.reading.reason;
      return { ...opened, reading: { ...opened.reading, reason } };
    },
  );
}

function openUrl(parts: OpenerParts, url: string, override: Override): Promise<void> {
  const name = nameIn(url);
  return fetchAndAdd(parts, { url, name, origin: { kind: 'url', url }, override }, (file, _, request) =>
    read(parts, file, name, override, request),
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
  { openings, adder, platform }: OpenerParts,
  { url, ...what }: Fetched,
  open: (file: Blob, bytes: Uint8Array, request: Request) => Promise<OpenedFile>,
): Promise<void> {
  const request = openings.begin(what.origin.kind === 'demo' ? 'demo' : 'own');
  const failures: Failure[] = [];
  try {
    const bytes = await platform.fetchBytes(url, request.signal, (loadedBytes, totalBytes) =>
      request.tell({ step: 'fetch', file: what.name, loadedBytes, totalBytes }),
    );
    request.tell(null);
    request.signal.throwIfAborted();
    const file = new Blob([new Uint8Array(bytes)]);
    const opened = await open(file, bytes, request);
    request.signal.throwIfAborted();
    await adder.addFound({ ...what, opened, file }, request.takeStage);
  } catch (error) {
    if (!isCancel(request, error)) failures.push(failureOf(what.name, error));
  }
  request.end(failures, 1);
}

/** Nearly every file is read sooner than anybody could read that it is. */
const SAY_READING_MS = 300;

/** What a file is; where that takes a while, the status line says so. */
async function read(
  { platform }: OpenerParts,
  file: Blob,
  name: string,
  override: Override,
  request: Request,
): Promise<OpenedFile> {
  const timer = setTimeout(
    () => request.tell({ step: 'read', file: name, loadedBytes: 0, totalBytes: 0 }),
    SAY_READING_MS,
  );
  try {
    return await platform.readFile(file, name, override, request.signal);
  } finally {
    clearTimeout(timer);
    request.tell(null);
  }
}

/** What is said of more files than this: how many there are. */
const MOST_NAMED = 3;

/** Several refusals as one: each file with its own sentence, as far as anybody reads. */
function together(failures: readonly Failure[], of: number): AppError {
  const named = failures.slice(0, MOST_NAMED).map(({ name, error }) => `“${name}”: ${sentenceOf(error)}`);
  const more = failures.length - named.length;
  const rest = more === 0 ? [] : [workWords().andMore(more)];
  const text = [workWords().notOpened(failures.length, of), ...named, ...rest].join(' ');
  return new AppError('file/unreadable', text, { detail: TOLD });
}
