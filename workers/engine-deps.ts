import type { Backend, DeviceReport } from '../src/contract/engine.ts';
import type { Library } from './library/weights-library.ts';
import type { EarnedTrust } from './load/earned-trust.ts';
import type { OnBytes } from './load/fetch-bytes.ts';
import type { ModelStore } from './load/model-store.ts';
import type { Compute } from './pipeline/compute.ts';

/** RGBA bytes of a picture. */
export interface Pixels {
  readonly rgba: Uint8ClampedArray;
  readonly height: number;
  readonly width: number;
}

/** What the engine needs of the world; tests bring their own. */
export interface EngineDeps {
  readonly store: ModelStore;
  readonly library: Library;
  readonly trust: EarnedTrust;
  probe(backend: Backend | 'auto'): Promise<DeviceReport>;
  /** Readies a device and the runtime for it. Throws gpu/unavailable, model/fetch. */
  openCompute(
    backend: Backend,
    options: { readonly signal: AbortSignal; readonly onBytes: OnBytes },
  ): Promise<Compute>;
  readPixels(picture: ImageBitmap): Pixels;
}
