import { CONTAINERS } from './containers/index.ts';
import type { Override } from './latent/reading.ts';
import { type OpenedFile, openWith } from './open-with.ts';

export type { OpenedFile, OpenedLatent, OpenedNetwork, OpenedPicture } from './open-with.ts';

/**
 * The one door for files: what the bytes are, by their content, read once. A latent comes understood (with `override` deciding
 * what a person chose), its tensors views on `bytes`; pictures and networks are told, not read. Pure: no browser is asked.
 * Throws AppError with what was found, what was expected and what to do, never anything else.
 */
export const openFile = (bytes: Uint8Array, name = '', override: Override = {}): OpenedFile =>
  openWith(CONTAINERS, bytes, name, override);
