/**
 * The half of the public door behind which the engine is: its client, and what its calls take and give. The page has its engine through
 * here, as everybody does; the other half (src/lib/index.ts) reads files, which the page does in a worker.
 */
export { createEngineClient, type EngineClientOptions } from '../client/create-engine-client.ts';
export type { CallOptions, EngineClient } from '../client/engine-client.ts';
export type { Locks, Patience, WorkerLike } from '../client/worker-connection.ts';
export type { Progress, Report } from '../contract/call.ts';
export type {
  AdapterReport,
  Backend,
  DecodedImage,
  DecodeJob,
  DeviceCause,
  DeviceReport,
  EncodedPicture,
  LoadedModel,
  LoadPlan,
  LoadReport,
  ModelId,
  Precision,
  Scale,
  Timings,
} from '../contract/engine.ts';
export { findMethod, METHODS, type Method, type MethodEntry, methodOf } from '../contract/methods.ts';
export {
  GRADES,
  type Grade,
  gradeFor,
  type ModelEntry,
  type ModelManifest,
  modelFor,
  parseManifest,
  type SelfTestEntry,
} from '../contract/model-manifest.ts';
export {
  type ForecastRequest,
  isWeightsId,
  type MemoryForecast,
  type StoredNetwork,
  type StoredWeights,
  type UnfinishedWeights,
  type WeightsId,
  type WeightsSource,
  type WeightsStorage,
} from '../contract/weights-library.ts';
