import type { Report } from '../contract/call.ts';
import type {
  Backend,
  DecodedImage,
  DecodeJob,
  DeviceReport,
  EncodedPicture,
  LoadPlan,
  LoadReport,
} from '../contract/engine.ts';
import type {
  ForecastRequest,
  MemoryForecast,
  StoredNetwork,
  StoredWeights,
  WeightsId,
  WeightsSource,
  WeightsStorage,
} from '../contract/weights-library.ts';
import type { FamilyId, Latent } from '../core/latent/latent.ts';

export interface CallOptions {
  /** Aborting rejects the call with an AbortError at once; the worker stops at its next tile. */
  readonly signal?: AbortSignal;
  /** Never called after the call has settled. A `paint` bitmap belongs to the callee, who closes it. */
  readonly onProgress?: Report;
}

/**
 * The engine as the page sees it: the same verbs as contract/engine.ts with an AbortSignal in place of call ids. Calls may
 * overlap; they run one after the other. Rejections are AppError, or AbortError after an abort. After a crash of the
 * worker the pending calls reject with engine/crashed, and the next call starts a new worker with the last loaded plan.
 */
export interface EngineClient {
  probe(backend: Backend | 'auto', options?: CallOptions): Promise<DeviceReport>;
  load(plan: LoadPlan, options?: CallOptions): Promise<LoadReport>;
  decode(job: DecodeJob, options?: CallOptions): Promise<DecodedImage>;
  upscale(job: DecodeJob, options?: CallOptions): Promise<Latent>;
  convert(latent: Latent, to: FamilyId, options?: CallOptions): Promise<Latent>;
  /** Takes the bitmap over: it is closed when the call ends. */
  encode(picture: ImageBitmap, options?: CallOptions): Promise<EncodedPicture>;
  /** The calls of contract/weights-library.ts; they wait for nobody else. */
  importWeights(source: WeightsSource, options?: CallOptions): Promise<StoredWeights>;
  describeWeights(file: Blob, name: string, address: string | null): Promise<readonly StoredNetwork[]>;
  listWeights(): Promise<WeightsStorage>;
  removeWeights(what: WeightsId | { readonly address: string }): Promise<void>;
  clearWeights(): Promise<void>;
  forecastMemory(request: ForecastRequest): Promise<MemoryForecast>;
  dispose(): Promise<void>;
}
