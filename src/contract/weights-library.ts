import type { FamilyId, LatentSpace } from '../core/latent/latent.ts';
import type { Architecture } from '../core/networks/index.ts';
import type { Role } from '../core/role.ts';
import type { CallId, Report } from './call.ts';

/** Names weights that a person added: `user:` and the first 16 digits of the file's SHA-256. Fit for a LoadPlan. */
export type WeightsId = `user:${string}`;

export const isWeightsId = (id: string): id is WeightsId => id.startsWith('user:');

/** One network that a stored file holds. */
export interface StoredNetwork {
  readonly role: Role;
  readonly architecture: Architecture;
  /** "TAEF2 tiny decoder, 32 channels (FLUX.2)" */
  readonly title: string;
  /** Latent families it fits, most likely first (the file's name counts); none for a pixel upscaler. */
  readonly families: readonly FamilyId[];
  readonly space: LatentSpace;
  readonly channels: number;
  readonly scales: readonly (2 | 4)[];
  readonly parameters: number;
  /** Families that an interposer turns latents into, likeliest first; absent for all others. */
  readonly gives?: readonly FamilyId[];
}

/** A weights file kept in the browser. */
export interface StoredWeights {
  readonly id: WeightsId;
  /** The file's name. */
  readonly name: string;
  /** Where it was fetched, or null for a file of the person's own. */
  readonly address: string | null;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly networks: readonly StoredNetwork[];
}

/** A download that was interrupted: importing its address again goes on where it ended. */
export interface UnfinishedWeights {
  readonly name: string;
  readonly address: string;
  readonly loadedBytes: number;
  /** 0 where the server did not say. */
  readonly totalBytes: number;
}

/** All that is kept, and the room it takes. */
export interface WeightsStorage {
  readonly weights: readonly StoredWeights[];
  readonly unfinished: readonly UnfinishedWeights[];
  /** `memory`: this browser gives the page no storage, and weights last until it closes. */
  readonly medium: 'opfs' | 'cache' | 'memory';
  /** Bytes of the weights and unfinished downloads alone. */
  readonly usedBytes: number;
  /** What the browser would still give the page, or null where it does not say. */
  readonly freeBytes: number | null;
}

/** What to add. An address may be a page of Hugging Face or GitHub that shows the file. */
export type WeightsSource =
  | { readonly kind: 'file'; readonly file: Blob; readonly name: string; readonly address: string | null }
  | { readonly kind: 'address'; readonly address: string };

/** Which network of which weights, for a latent of `height` x `width` cells (pixels for a pixel upscaler and an encoder). */
export interface ForecastRequest {
  readonly id: WeightsId;
  readonly role: Role;
  readonly height: number;
  readonly width: number;
  readonly scale: 2 | 4 | null;
}

/** Memory of one float32 run in one piece, told without reading a weight. */
export interface MemoryForecast {
  readonly weightBytes: number;
  readonly activationBytes: number;
}

/** Weights that a person brings, kept in the browser. Rejections are AppError, or AbortError after `cancel`. */
export interface WeightsLibrary {
  /**
   * What networks a file holds, told from names and shapes; nothing is kept. `address` is where it came from, for its words count
   * as its name's do. Throws file/*, model/unrecognised.
   */
  describeWeights(file: Blob, name: string, address: string | null): Promise<readonly StoredNetwork[]>;
  /**
   * Checks, recognises and keeps a file; progress is of kind `fetch`, its total 0 where a server does not say. Nothing is kept of what fails, except an interrupted
   * download (cancelled, or the connection broke), which `listWeights` names and another import of its address resumes. A file
   * that is already there is given as it is. Throws file/*, model/fetch, model/unrecognised, model/mismatch, model/storage.
   */
  importWeights(id: CallId, source: WeightsSource, report: Report): Promise<StoredWeights>;
  listWeights(): Promise<WeightsStorage>;
  /** Forgets weights, or an unfinished download by its address; unknown ones are ignored. */
  removeWeights(id: WeightsId | { readonly address: string }): Promise<void>;
  /** Forgets everything, unfinished downloads included. */
  clearWeights(): Promise<void>;
  /** Throws model/missing where there are no such weights, or none of that role. */
  forecastMemory(request: ForecastRequest): Promise<MemoryForecast>;
}
