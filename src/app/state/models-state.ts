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

/** What is known of weights beside the built-in list; null storage before it was looked at. */
export interface ModelsState {
  readonly storage: WeightsStorage | null;
  readonly transfers: readonly Transfer[];
  readonly choices: ModelChoices;
  /** For the latent on the stage, by `forecastKey`. */
  readonly forecasts: Readonly<Record<string, MemoryForecast>>;
}

export const INITIAL_MODELS: ModelsState = { storage: null, transfers: [], choices: {}, forecasts: {} };
