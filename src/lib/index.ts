/**
 * The public door of the library: the engine that upscales and decodes latents, and what reads, previews and writes them.
 * `createEngineClient({ baseUrl })` starts the worker; `baseUrl` is the folder that holds `models/`, ending in a slash.
 */
export { createEngineClient, type EngineClientOptions } from '../client/create-engine-client.ts';
export type { CallOptions, EngineClient } from '../client/engine-client.ts';
export type { Progress } from '../contract/call.ts';
export type {
  Backend,
  DecodedImage,
  DecodeJob,
  DeviceReport,
  EncodedPicture,
  LoadPlan,
  LoadReport,
  Precision,
  Scale,
  Timings,
} from '../contract/engine.ts';
export type { Method } from '../contract/methods.ts';
export { type ModelEntry, type ModelManifest, parseManifest } from '../contract/model-manifest.ts';
export { AppError, type ErrorCode, isAbort } from '../core/errors.ts';
export { FAMILIES, familyById } from '../core/families/index.ts';
export { interpret } from '../core/latent/interpret.ts';
export type { FamilyId, Latent, LatentSpace } from '../core/latent/latent.ts';
export { previewLatent } from '../core/latent/preview.ts';
export { readLatentFile } from '../core/latent/read-latent-file.ts';
export type { Override, Reading } from '../core/latent/reading.ts';
export { toSpace } from '../core/latent/to-space.ts';
export { comfyFormat, formatOf, type LatentFormat, writeLatent } from '../core/latent/write-latent.ts';
