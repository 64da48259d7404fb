/** `latentlift/node`: the engine on the CPU, files in and out, and what a file is. */
export type {
  ArrayLatent,
  CallOptions,
  CpuEngine,
  EngineProgress,
  InMemory,
  LatentInput,
  ModelSource,
  PictureOptions,
  Pixels,
  UpscaleOptions,
} from '../../../workers/direct/engine-types.ts';
export { AppError, type ErrorCode, isAbort } from '../../core/errors.ts';
export type { FamilySpace } from '../../core/latent/family-space.ts';
export type { Confidence } from '../../core/latent/guess-family.ts';
export type { FamilyId, Latent, LatentSpace } from '../../core/latent/latent.ts';
export { readLatentFile } from '../../core/latent/read-latent-file.ts';
export type { Override, Reading } from '../../core/latent/reading.ts';
export { comfyFormat, formatOf, type LatentFormat, writeLatent } from '../../core/latent/write-latent.ts';
export type { Role } from '../../core/role.ts';
export { createNodeEngine, type NodeEngineOptions, type NodeRuntime } from './create-node-engine.ts';
export { type FileInfo, inspectFile, type LatentInfo, type NetworkVerdict } from './inspect-file.ts';
export { readPicture, writeJpeg, writePng, writePpm } from './pictures.ts';
