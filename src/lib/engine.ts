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
  ModelSource,
  OnGpu,
  PictureOptions,
  Pixels,
  TensorLatent,
  TensorLike,
  UpscaleOptions,
} from '../../workers/direct/engine-types.ts';
export type { Ort } from '../../workers/ort/ort-module.ts';
export { AppError, type ErrorCode, isAbort } from '../core/errors.ts';
