/** `latentlift/engine`: an engine in the caller's realm, on the caller's runtime and device. */
export { createEngine } from '../../workers/direct/create-engine.ts';
export type {
  ArrayLatent,
  BufferLatent,
  CallOptions,
  CpuEngine,
  Dims,
  DirectEngine,
  EngineOptions,
  EngineProgress,
  GpuEngine,
  HalfFloats,
  InMemory,
  LatentInput,
  Meaning,
  ModelSource,
  OnGpu,
  PictureOptions,
  Pixels,
  TensorLatent,
  TensorLike,
  UpscaleOptions,
} from '../../workers/direct/engine-types.ts';
export type { Ort } from '../../workers/ort/ort-module.ts';
export type { Progress } from '../contract/call.ts';
export type { Backend, Precision, Scale } from '../contract/engine.ts';
export type { Method } from '../contract/methods.ts';
export { AppError, type ErrorCode, isAbort } from '../core/errors.ts';
export type { FamilyId, Latent, LatentSpace } from '../core/latent/latent.ts';
export type { PixelRange } from '../core/pixels.ts';
export type { Role } from '../core/role.ts';
