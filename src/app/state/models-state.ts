import type { Grade } from '../../contract/model-manifest.ts';
import type { MemoryForecast, WeightsStorage } from '../../contract/weights-library.ts';
import type { FamilyId } from '../../core/latent/latent.ts';
import type { Role } from '../../core/role.ts';

/** The person's choices by family and slot: ids of models. What is not chosen is the built-in one. */
export type ModelChoices = Readonly<Partial<Record<FamilyId, Readonly<Partial<Record<Role, string>>>>>>;

/** An import on its way. `totalBytes` is 0 where it is unknown. */
export interface Transfer {
  readonly id: number;
  readonly name: string;
  /** Where it comes from, or null for a file. */
  readonly address: string | null;
  readonly loadedBytes: number;
  readonly totalBytes: number;
}

/** A public file that fits a family. It is somebody else's: fetched from its own place, when a person asks for it. */
export interface KnownWeights {
  readonly id: string;
  readonly title: string;
  readonly family: FamilyId;
  readonly slot: Role;
  /** The page or file at its author's place. */
  readonly address: string;
  readonly author: string;
  /** As its page states it; null where that was not seen. */
  readonly sizeBytes: number | null;
  readonly isSizeExact: boolean;
  /** As its page states it; null where that was not verified. */
  readonly licence: string | null;
  /** What it is good for, as a clause: "fast, a little soft". */
  readonly purpose: string;
  /** Of a latent of 512 px. */
  readonly cost: KnownCost;
  /** What its address said when `npm run check:known -- --write` last reached it; absent where it never did. */
  readonly seen?: Seen;
}

/**
 * What a network asks for a latent of 512 px, x2 by an upscaler, one frame of a video, in float32 and in one piece: reckoned from the graph
 * of its shapes by scripts/known-costs.ts.
 */
export interface KnownCost {
  /** Billions. */
  readonly gigaMultiplyAdds: number;
  /** Weights, and the tensors that are alive at once. */
  readonly memoryBytes: number;
}

/** An address that was there. */
export interface Seen {
  /** As 2026-11-28, in UTC. */
  readonly date: string;
  /** Null where its server did not tell. */
  readonly sizeBytes: number | null;
}

/** What is known of weights beside the built-in list; null storage before it was looked at. */
export interface ModelsState {
  readonly storage: WeightsStorage | null;
  /** The public files; empty until something is open that lacks weights. */
  readonly known: readonly KnownWeights[];
  readonly transfers: readonly Transfer[];
  readonly choices: ModelChoices;
  /** Which of two built-in decoders the person asked for; null leaves it to the device. */
  readonly grade: Grade | null;
  /** What suits the device: fine on a GPU. It stays as the first load found it, so that the pictures of one session are alike. */
  readonly deviceGrade: Grade;
  /** For the latent on the stage, by `forecastKey`. */
  readonly forecasts: Readonly<Record<string, MemoryForecast>>;
}

export const INITIAL_MODELS: ModelsState = {
  storage: null,
  known: [],
  transfers: [],
  choices: {},
  grade: null,
  deviceGrade: 'fast',
  forecasts: {},
};
