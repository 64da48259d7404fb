import { AppError } from '../../src/core/errors.ts';
import type { FamilyId, LatentSpace } from '../../src/core/latent/latent.ts';
import type { Call } from '../pipeline/call.ts';
import type { Compute, Tensor } from '../pipeline/compute.ts';
import type { DeviceLatent } from '../pipeline/latent-step.ts';
import type { CheckedLatent } from './check-input.ts';
import type { Pixels } from './engine-types.ts';

/** Where an engine keeps its values: how they come in, go out, and become pictures there. */
export interface Placement<T extends Tensor, Out> {
  readonly compute: Compute<T>;
  /** Forgets faults of before the call. */
  startCall(): void;
  /** The latent in `space`; owned by the call, or still the caller's. */
  place(latent: CheckedLatent, space: LatentSpace, call: Call): Promise<DeviceLatent<T>>;
  /** A tensor of the call in another space; owned by the call. */
  convert(tensor: T, family: FamilyId, from: LatentSpace, to: LatentSpace, call: Call): T;
  /** A tensor of the call as what the caller gets and owns. */
  give(tensor: T): Out;
  read(out: Out): Promise<Float32Array>;
  /** The rest is where pictures end. */
  readonly pictures: Pictures<T>;
}

/** A picture in the making, and what it can become; `end` frees what was not handed out. */
export interface Picture<T extends Tensor> {
  readonly painter: import('../pipeline/compute.ts').Painter<T>;
  toPixels(): Promise<Pixels>;
  toBitmap(): ImageBitmap | Promise<ImageBitmap>;
  paintOn(canvas: HTMLCanvasElement | OffscreenCanvas): void;
  dispose(): void;
}

export interface Pictures<T extends Tensor> {
  open(height: number, width: number): Picture<T>;
}

export const noCanvas = (): AppError =>
  new AppError('engine/run', 'There is no OffscreenCanvas here, as in Node. Use toPixels instead.');
