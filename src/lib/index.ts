import type { Family } from '../core/families/family.ts';
import { FAMILIES as FAMILY_LIST } from '../core/families/index.ts';
import type { FamilyId } from '../core/latent/latent.ts';

export type { DType, FileTensor, TensorFile } from '../core/container/tensor.ts';
export { AppError, type ErrorCode, isAbort } from '../core/errors.ts';
export type {
  Family,
  LatentSize,
  Normalisation,
  RgbFactors,
  TinyAutoencoder,
} from '../core/families/family.ts';
export { familyById } from '../core/families/index.ts';
export type { Axes } from '../core/latent/axes.ts';
export type { FamilySpace } from '../core/latent/family-space.ts';
export type { Confidence } from '../core/latent/guess-family.ts';
export { interpret } from '../core/latent/interpret.ts';
export type { FamilyId, Latent, LatentSpace } from '../core/latent/latent.ts';
export type { Layout } from '../core/latent/layout.ts';
export { type Preview, previewLatent } from '../core/latent/preview.ts';
export { readLatentFile } from '../core/latent/read-latent-file.ts';
export type { Candidate, Override, Reading } from '../core/latent/reading.ts';
export type { Statistics } from '../core/latent/statistics.ts';
export { toSpace } from '../core/latent/to-space.ts';
export { comfyFormat, formatOf, type LatentFormat, writeLatent } from '../core/latent/write-latent.ts';
export {
  type OpenedFile,
  type OpenedLatent,
  type OpenedNetwork,
  type OpenedPicture,
  openFile,
} from '../core/open-file.ts';
export type { Kernel } from '../core/resample.ts';
export type { Role } from '../core/role.ts';
/**
 * The public door of the library: the engine that upscales and decodes latents, and what reads, previews and writes them.
 * `createEngineClient({ baseUrl })` starts the worker; `baseUrl` is the folder that holds `models/`, ending in a slash.
 */
export * from './engine-client.ts';

/** Every latent family that is known; among those of equal channels the likelier stands first. */
export const FAMILIES: readonly Family<FamilyId>[] = FAMILY_LIST;
