import type { Backend } from '../../src/contract/engine.ts';
import type { AppError } from '../../src/core/errors.ts';
import type { BuiltGraph } from '../../src/core/graph/index.ts';
import type { PixelRange, Planes } from '../../src/core/pixels.ts';
import type { Kernel } from '../../src/core/resample.ts';
import type { Rect } from '../../src/core/tiles.ts';
import type { Pace } from './pace.ts';

/** [channels, height, width] float32, in memory or on the device. Whoever made it disposes of it. */
export interface Tensor {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  dispose(): void;
}

/** A network ready to run at one static size. */
export interface Network<T extends Tensor> {
  /** Batch 1; the input stays the caller's, and so does the output. May resolve before the device has finished. */
  run(input: T): Promise<T>;
  dispose(): Promise<void>;
}

/** What pictures are drawn on, piece by piece. */
export interface Painter<T extends Tensor> {
  /**
   * Draws `from` of the RGB planes `source` with its corner at (`y`, `x`). With `wantsCopy` the drawn piece is also given as
   * a picture of its own.
   */
  paint(
    source: T,
    from: Rect,
    range: PixelRange,
    at: { readonly y: number; readonly x: number },
    wantsCopy: boolean,
  ): Promise<ImageBitmap | null>;
}

/** A picture in the making. */
export interface Surface<T extends Tensor, Picture> extends Painter<T> {
  /** The whole picture; the surface is used up. */
  finish(): Picture;
  dispose(): void;
}

/** Per-row and per-column weights of one tile, for blending overlapping tiles; see core/blend.ts. */
export interface TileWeights {
  readonly rows: Float32Array;
  readonly columns: Float32Array;
}

/** Of all values of a tensor together. */
export interface Moments {
  readonly mean: number;
  /** The mean square of what is left when the mean is taken off. */
  readonly variance: number;
}

/** Where the arithmetic happens. All methods but `download` and `moments` leave the data on the device. */
export interface Compute<T extends Tensor = Tensor> {
  readonly backend: Backend;
  /** The largest tensor that may be made, and how much all live ones of a run may take together. */
  readonly tensorLimitBytes: number;
  readonly budgetBytes: number;
  /** The largest tile side worth running at once, in cells: larger is faster, smaller answers a cancel sooner. */
  readonly maxTileCells: number;
  /** Where tiles are cut by time as well; absent where their time depends on nothing but their size. */
  readonly pace?: Pace;
  upload(planes: Planes): T;
  download(tensor: T): Promise<Planes>;
  zeros(channels: number, height: number, width: number): T;
  crop(tensor: T, rect: Rect): T;
  /** The channels of all, one tensor's after the other's; they are of one size. */
  stack(tensors: readonly T[]): T;
  moments(tensor: T): Promise<Moments>;
  /** `rect` of `tensor` stretched to `target`. */
  resample(
    tensor: T,
    target: { readonly height: number; readonly width: number },
    kernel: Kernel,
    rect: Rect,
  ): T;
  /** target[c, y+i, x+j] += tile[c, i, j] * rows[i] * columns[j]. */
  accumulate(target: T, tile: T, at: { readonly y: number; readonly x: number }, weights: TileWeights): void;
  createNetwork(graph: BuiltGraph): Promise<Network<T>>;
  createSurface(height: number, width: number): Surface<T, ImageBitmap>;
  /** Resolves when the device has finished everything submitted so far, or is lost. */
  done(): Promise<void>;
  /** Why nothing this device gives can be trusted any more (gpu/lost, gpu/out-of-memory), or null. */
  failure(): AppError | null;
  /** The cause behind an error that some work on this device threw: the loss of the device, where that is it. */
  explain(error: unknown): Promise<unknown>;
  dispose(): Promise<void>;
}
