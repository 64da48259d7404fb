import type { Backend, DeviceReport, LoadPlan, LoadReport, Timings } from '../../contract/engine.ts';
import type { ModelEntry } from '../../contract/model-manifest.ts';
import type { TensorFile } from '../../core/container/tensor.ts';
import type { Latent } from '../../core/latent/latent.ts';
import type { Override, Reading } from '../../core/latent/reading.ts';
import type { Demo } from '../run/demos.ts';
import { INITIAL_MODELS, type ModelsState } from './models-state.ts';
import { DEFAULT_PANES, type PaneKey } from './panes.ts';
import type { PinKey } from './pin-key.ts';

/** Pixels at hand for drawing. `version` grows when a canvas gets a new tile; `preview` pixels stand for larger ones. */
export interface PaneImage {
  readonly bitmap: ImageBitmap | OffscreenCanvas;
  readonly width: number;
  readonly height: number;
  readonly kind: 'preview' | 'partial' | 'final';
  readonly version: number;
}

export interface Quality {
  readonly psnr: number;
  readonly ssim: number;
}

export type PaneStatus = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled' | 'released';

/** One picture of an item on its way. `released` pixels were given up for memory and are made again when asked for. */
export interface Pane {
  readonly key: PaneKey;
  readonly status: PaneStatus;
  readonly image: PaneImage | null;
  /** Every finished run, oldest first; each says whether it was cold or warm. */
  readonly runs: readonly Timings[];
  readonly tiles: number;
  /** Runs still asked for beside the first. */
  readonly pendingRuns: number;
  readonly message: string | null;
  readonly quality: Quality | null;
  /** Gradient energy of the finished picture (core/metrics.ts); null as long as it is not measured. */
  readonly detail: number | null;
}

/** The decoded 1x picture enlarged by bicubic: what one has without any network, and what LUA is measured against. */
export interface Stretched {
  readonly image: PaneImage;
  readonly detail: number;
}

export interface LatentSource {
  readonly kind: 'latent';
  readonly file: TensorFile;
  readonly reading: Reading;
  readonly override: Override;
  readonly sizeBytes: number;
}

/** How a picture becomes a latent; every field but the sizes can be changed. */
export interface PictureSettings {
  /** Longest side in pixels that the encoder is given. */
  readonly longestSide: number;
  readonly background: 'white' | 'grey' | 'black';
  /** Reduce the picture this much first, and compare with what it was. */
  readonly referenceFactor: 2 | 4 | null;
}

export interface PictureSource {
  readonly kind: 'picture';
  readonly blob: Blob;
  readonly width: number;
  readonly height: number;
  readonly settings: PictureSettings;
  readonly encodeMs: number | null;
}

export type Origin =
  | { readonly kind: 'demo'; readonly id: string }
  | { readonly kind: 'file' }
  | { readonly kind: 'url'; readonly url: string };

/** One thing a person opened, with everything made of it so far. */
export interface Item {
  readonly id: number;
  readonly name: string;
  readonly origin: Origin;
  readonly source: LatentSource | PictureSource;
  /** Null until a picture has been encoded. */
  readonly latent: Latent | null;
  readonly preview: PaneImage | null;
  readonly reference: PaneImage | null;
  readonly stretched: Stretched | null;
  readonly panes: Readonly<Partial<Record<PaneKey, Pane>>>;
  /** Its doubtful reading has been put to the test, or needed none. */
  readonly isDecided: boolean;
  /** The person stopped it; nothing of it runs until they ask again. */
  readonly isStopped: boolean;
  readonly message: string | null;
}

/** What an item begins with: no picture is made yet, and nothing was stopped. */
export const UNMADE = {
  reference: null,
  stretched: null,
  panes: {},
  isStopped: false,
  message: null,
} as const satisfies Partial<Item>;

/** What runs in the engine right now, for the status line. */
export interface Activity {
  readonly what: 'load' | 'encode' | 'decide' | 'pane' | 'latent' | 'convert' | 'picture';
  readonly itemId: number | null;
  readonly key: PaneKey | null;
  readonly step: 'queued' | 'fetch' | 'verify' | 'compile' | 'warmup' | 'encode' | 'upscale' | 'decode';
  readonly tile: number;
  readonly tiles: number;
  readonly file: string;
  /** How many files the bytes are of, where they are of several at once. */
  readonly files?: number;
  readonly loadedBytes: number;
  readonly totalBytes: number;
  /** Milliseconds for which a download has given nothing; absent or 0 where that is nothing to speak of. */
  readonly silentMs?: number;
  /** What the whole step will have taken, milliseconds, as its finished tiles tell; absent before the first. */
  readonly stepMs?: number;
}

/** A finished picture that stays on the stage, whatever is opened or chosen after it: a copy, with what it was and took. */
export interface Pin {
  readonly key: PinKey;
  /** How it was made, as a pane says it. */
  readonly title: string;
  readonly scale: string;
  /** Of which file, with which weights. */
  readonly explanation: string;
  readonly image: PaneImage;
  readonly runs: readonly Timings[];
  /** What a file of it says of itself. */
  readonly texts: Readonly<Record<string, string>>;
}

/** A file on its way to becoming an item; it goes its way beside what runs in the engine. */
export interface Opening {
  readonly step: 'fetch' | 'read';
  readonly file: string;
  readonly loadedBytes: number;
  readonly totalBytes: number;
}

export interface Notice {
  readonly tone: 'error' | 'info';
  readonly text: string;
}

export interface EngineState {
  readonly request: Backend | 'auto';
  readonly device: DeviceReport | null;
  readonly plan: LoadPlan | null;
  readonly report: LoadReport | null;
  readonly models: readonly ModelEntry[] | null;
  readonly failure: string | null;
}

export interface AppState {
  readonly engine: EngineState;
  readonly models: ModelsState;
  readonly demos: readonly Demo[];
  readonly items: readonly Item[];
  readonly currentId: number | null;
  readonly shown: readonly PaneKey[];
  /** Finished pictures that stay beside those of the current item, oldest first. */
  readonly pins: readonly Pin[];
  readonly activity: Activity | null;
  readonly opening: Opening | null;
  readonly notice: Notice | null;
}

/** Nothing opened, nothing loaded; `request` is what the address asks for. */
export const initialState = (request: Backend | 'auto'): AppState => ({
  engine: { request, device: null, plan: null, report: null, models: null, failure: null },
  models: INITIAL_MODELS,
  demos: [],
  items: [],
  currentId: null,
  shown: DEFAULT_PANES,
  pins: [],
  activity: null,
  opening: null,
  notice: null,
});

export const currentItem = (state: AppState): Item | null =>
  state.items.find((item) => item.id === state.currentId) ?? null;

/** The panes an item is to have: those shown, and for a picture under test the original beside them. */
export function wantedPanes(state: AppState, item: Item): readonly PaneKey[] {
  const factor = item.source.kind === 'picture' ? item.source.settings.referenceFactor : null;
  // What was added for the picture at hand is not made of every other open file as well.
  const shown =
    item.id === state.currentId ? state.shown : state.shown.filter((key) => DEFAULT_PANES.includes(key));
  return factor === null ? shown : ['reference', ...shown];
}

/** What stands in for pictures not made yet: the decoded 1x where it is there, else the quick linear preview. */
export function placeholderOf(item: Item): PaneImage | null {
  const decoded = item.panes['decode-1']?.image ?? null;
  return decoded?.kind === 'final' ? decoded : item.preview;
}
