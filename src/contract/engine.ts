import type { FamilyId, Latent } from '../core/latent/latent.ts';
import type { Role } from '../core/role.ts';
import type { CallId, Report } from './call.ts';
import type { Method } from './methods.ts';
import type { WeightsLibrary } from './weights-library.ts';

export type Backend = 'webgpu' | 'wasm';
export type Precision = 'f16' | 'f32';
export type Scale = 1 | 2 | 4;

export interface AdapterReport {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  readonly isSoftware: boolean;
  readonly maxBufferBytes: number;
  readonly maxBindingBytes: number;
}

/** What decided on backend and precision, as a key for other languages; `reason` is its English sentence with the particulars. */
export type DeviceCause =
  | 'cpu-asked'
  | 'gpu-silent'
  | 'gpu-none'
  | 'gpu-asked'
  | 'gpu'
  | 'gpu-emulated'
  | 'gpu-nameless'
  | 'gpu-imprecise'
  | 'gpu-failed-test'
  | 'gpu-unusable'
  | 'cpu-after-failure'
  | 'tiles-after-failure';

/** What the machine offers and what will be used, with the reason in a sentence. "No GPU" is an answer, not an error. */
export interface DeviceReport {
  readonly adapter: AdapterReport | null;
  readonly hasShaderF16: boolean;
  readonly isCrossOriginIsolated: boolean;
  readonly threads: number;
  readonly backend: Backend;
  readonly cause: DeviceCause;
  readonly reason: string;
}

/** A manifest id, or the id of weights that the person added. */
export type ModelId = string;

/** What to load: a decoder, without which there is no picture, and what else is wanted. */
export interface LoadPlan {
  readonly backend: Backend | 'auto';
  readonly precision: Precision | 'auto';
  readonly models: Readonly<Partial<Record<Role, ModelId>>>;
  /** What a later plan is going to name: its files are fetched once those of `models` have come, and nobody waits for them. */
  readonly ahead?: readonly ModelId[];
}

export interface LoadedModel {
  readonly id: string;
  /** For people, its name first, up to a comma: "LUA upscaler, x2 and x4, 32 channels (FLUX.2)". */
  readonly title: string;
  readonly sizeBytes: number;
  readonly from: 'network' | 'storage' | 'memory';
  readonly loadMs: number;
}

/** What happened, not what was asked. */
export interface LoadReport {
  readonly backend: Backend;
  readonly cause: DeviceCause;
  readonly reason: string;
  readonly precision: Precision;
  readonly adapter: AdapterReport | null;
  readonly threads: number;
  readonly models: readonly LoadedModel[];
  readonly loadMs: number;
}

export interface DecodeJob {
  readonly latent: Latent;
  readonly scale: Scale;
  readonly method: Method;
  /** Where a picture in tiles begins, 0..1 of its width and height: the tiles nearest to it are painted first. The middle unless told. */
  readonly from?: { readonly x: number; readonly y: number };
}

/**
 * Wall times in milliseconds. `upscaleMs` and `decodeMs` end when the device has finished the work (the queue is drained);
 * a span that does not occur is 0. `compileMs` is session creation, and is 0 on a warm run. `totalMs` includes `queuedMs`.
 */
export interface Timings {
  readonly queuedMs: number;
  readonly compileMs: number;
  readonly upscaleMs: number;
  readonly decodeMs: number;
  readonly presentMs: number;
  readonly totalMs: number;
  /** `cold`: some session of this call was made or run for the first time. */
  readonly run: 'cold' | 'warm';
  readonly backend: Backend;
  readonly precision: Precision;
}

/** The finished picture; the bitmap is transferred to the caller, who closes it. */
export interface DecodedImage {
  readonly bitmap: ImageBitmap;
  readonly width: number;
  readonly height: number;
  readonly tiles: number;
  readonly timings: Timings;
}

/** An RGB picture reduced to a latent, with the picture as it was encoded (cropped to whole cells). */
export interface EncodedPicture {
  readonly latent: Latent;
  readonly width: number;
  readonly height: number;
  readonly encodeMs: number;
}

/** The whole conversation between page and worker. Rejections are AppError, or AbortError after `cancel`. */
export interface Engine extends WeightsLibrary {
  /** What would be used for `backend`; loads nothing. */
  probe(backend: Backend | 'auto'): Promise<DeviceReport>;
  /** Fetches, checks and readies the models of `plan`; replaces the plan before it only on success. */
  load(id: CallId, plan: LoadPlan, report: Report): Promise<LoadReport>;
  /** One picture at one scale with the loaded plan. */
  decode(id: CallId, job: DecodeJob, report: Report): Promise<DecodedImage>;
  /** The upscaled latent itself (same family and space as given), for a download. */
  upscale(id: CallId, job: DecodeJob, report: Report): Promise<Latent>;
  /** The latent as one of the family `to`, by the loaded interposer; of the same cells. */
  convert(id: CallId, latent: Latent, to: FamilyId, report: Report): Promise<Latent>;
  /** A picture to a latent of the loaded encoder's family, model space. Takes the bitmap over. */
  encode(id: CallId, picture: ImageBitmap, report: Report): Promise<EncodedPicture>;
  /** Ends the call `id` at its next tile or fetched chunk; unknown ids are ignored. */
  cancel(id: CallId): Promise<void>;
  /** Frees sessions and device memory; later calls reject with engine/disposed. */
  dispose(): Promise<void>;
}

/** Where the worker finds the page's files. */
export interface EngineSettings {
  /** Absolute address of the folder that holds `models/`, ending in a slash. */
  readonly baseUrl: string;
  /** Absolute address of the folder of models, ending in a slash, where it is another than `models/` there. */
  readonly modelsUrl?: string;
  /** Share of the usual memory budget that a run may take, over 0 to 1; less makes tiles smaller. */
  readonly memoryShare: number;
  /** Networks run on one thread of the CPU, also where there could be more. */
  readonly isSingleThread?: boolean;
  /** Absolute address of a folder with the runtime's own files (onnxruntime-web/dist), for pages without a bundler. */
  readonly runtimeUrl?: string;
  /** What will most likely run: its runtime is readied while the device is asked. A wrong guess costs its download. */
  readonly expected?: Backend;
  /** A Web Lock for the worker to hold as long as it lives; absent where the browser has none. */
  readonly lifeLock?: string;
}

/** What a worker offers at its start: the engine, once the page has said where it lives. */
export interface EngineHost {
  open(settings: EngineSettings): Promise<Engine>;
}
