import type { Progress } from '../../src/contract/call.ts';
import type { Backend, Precision, Scale } from '../../src/contract/engine.ts';
import type { Method } from '../../src/contract/methods.ts';
import type { Grade } from '../../src/contract/model-manifest.ts';
import type { FamilyId, Latent, LatentSpace } from '../../src/core/latent/latent.ts';
import type { PixelRange } from '../../src/core/pixels.ts';
import type { Role } from '../../src/core/role.ts';
import type { Ort } from '../ort/ort-module.ts';

/** [1, channels, height, width]; as an input also [channels, height, width]. */
export type Dims = readonly number[];

/** What a `Float16Array` has; older type libraries do not know the class. */
export interface HalfFloats {
  readonly BYTES_PER_ELEMENT: number;
  readonly buffer: ArrayBufferLike;
  readonly byteOffset: number;
  readonly length: number;
  readonly [Symbol.toStringTag]: 'Float16Array';
}

/** The parts of an `ort.Tensor` that are read; float32 or float16, in memory or in a buffer of the engine's device. */
export interface TensorLike {
  readonly dims: Dims;
  readonly type: string;
  readonly location: string;
  readonly data: unknown;
  readonly gpuBuffer: unknown;
}

/** What the values of a latent are. */
export interface Meaning {
  /** `model`: as the diffusion model works with it. `raw`: as its autoencoder gives and takes it, that is, already divided by the scaling factor. */
  readonly space: LatentSpace;
  /** Told from the decoder where absent; only the normalisation between the two spaces depends on it. */
  readonly family?: FamilyId;
}

/** Values in memory: float32, or float16 as a Float16Array or as bits in a Uint16Array. */
export interface ArrayLatent extends Meaning {
  readonly data: Float32Array | Uint16Array | HalfFloats;
  readonly dims: Dims;
}

/** Values in a buffer of the engine's device, with usage STORAGE. It is read where it lies, stays the caller's, and must not change until the call resolves. */
export interface BufferLatent extends Meaning {
  readonly buffer: GPUBuffer;
  readonly dims: Dims;
  /** float32 where absent. */
  readonly type?: 'float32' | 'float16';
}

/** A tensor of the caller's runtime, which stays the caller's. */
export interface TensorLatent extends Meaning {
  readonly tensor: TensorLike;
}

/** One latent: in memory, on the device, as a tensor, or as `readLatentFile` gives it. */
export type LatentInput = ArrayLatent | BufferLatent | TensorLatent | Latent;

/** float32 planes in a buffer of the engine's device (STORAGE | COPY_SRC | COPY_DST). The caller owns it: `buffer.destroy()`. */
export interface OnGpu {
  readonly buffer: GPUBuffer;
  readonly dims: Dims;
}

/** float32 planes in memory. */
export interface InMemory {
  readonly data: Float32Array;
  readonly dims: Dims;
}

/** RGBA bytes, row by row, as an ImageData has them; alpha is 255 in what is given and ignored in what is taken. */
export interface Pixels {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** Decoration on the way; `tile` counts finished tiles. */
export type EngineProgress = Exclude<Progress, { readonly kind: 'paint' }>;

export interface CallOptions {
  /** Takes effect between two tiles; the call then rejects with its reason, an AbortError as a rule. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EngineProgress) => void;
}

export interface UpscaleOptions extends CallOptions {
  /** 2 where absent; 4, or what else the upscaler offers: SesquiLSR any factor between 1 and 2. Sides are rounded to whole cells. */
  readonly scale?: number;
  /** `lua` where absent. */
  readonly method?: 'lua' | 'latent-bicubic';
}

export interface PictureOptions extends CallOptions {
  /** 1 where absent: decoded as it is. */
  readonly scale?: Scale;
  /** `decode` at scale 1, else `lua` where absent. */
  readonly method?: Method;
}

/** A weights file: its address, or its bytes (.safetensors, .pt, .pth). */
export type ModelSource = string | URL | Uint8Array<ArrayBuffer> | ArrayBuffer;

export interface EngineOptions {
  /** The caller's onnxruntime: `import * as ort from 'onnxruntime-web/webgpu'`, or `/wasm` for the CPU. */
  readonly ort: Ort;
  /** The caller's device. It stays the caller's: the engine never destroys it. Without one the CPU is used. */
  readonly device?: GPUDevice | null;
  /** Of a folder with two decoders: `fine` where absent and a device is given, else `fast`. */
  readonly grade?: Grade;
  /** Where models lie: a folder with our manifest.json (its decoder and upscaler are loaded), or weights for each role. */
  readonly models: string | URL | Readonly<Partial<Record<Role, ModelSource>>>;
  /** `auto` where absent: f16 on devices that have it, if the networks give sound values in it. */
  readonly precision?: Precision | 'auto';
  /** Share of the usual memory budget for one run, over 0 to 1; less makes tiles smaller. */
  readonly memoryShare?: number;
  readonly fetch?: typeof fetch;
  /** For loading; each call has options of its own. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EngineProgress) => void;
}

/** An engine in the caller's realm. Calls queue up behind one another. Rejections are AppErrors, or the signal's reason after an abort. */
export interface DirectEngine<Out> {
  readonly backend: Backend;
  readonly precision: Precision;
  /** The latent enlarged, in the space it came in. */
  upscale(latent: LatentInput, options?: UpscaleOptions): Promise<Out & Required<Meaning>>;
  /** RGB planes of the decoder's own range, not clamped: [0,1] where `range` is `unit`, else [-1,1]. */
  decode(latent: LatentInput, options?: CallOptions): Promise<Out & { readonly range: PixelRange }>;
  /** The picture as RGBA bytes in memory. */
  toPixels(latent: LatentInput, options?: PictureOptions): Promise<Pixels>;
  /** The picture as a bitmap, which the caller closes. Needs OffscreenCanvas. */
  toBitmap(latent: LatentInput, options?: PictureOptions): Promise<ImageBitmap>;
  /** Sizes the canvas to the picture and paints it. On a GPU it needs a canvas without a context or with a WebGPU one, on the CPU a 2D one. */
  paint(
    canvas: HTMLCanvasElement | OffscreenCanvas,
    latent: LatentInput,
    options?: PictureOptions,
  ): Promise<void>;
  /** A picture as a latent in model space, cropped to whole cells. Needs an encoder. */
  encode(picture: Pixels, options?: CallOptions): Promise<Latent>;
  /** What `upscale` or `decode` gave, in memory: the one method that reads a buffer back. */
  read(from: Out): Promise<Float32Array>;
  /** Runs `work` while no engine of the same runtime does: the runtime bears no two calls at once, the caller's own sessions included. */
  exclusive<R>(work: () => Promise<R>): Promise<R>;
  /** Frees sessions, weights and buffers, after the calls that wait; later calls reject with engine/disposed. The device stays. */
  dispose(): Promise<void>;
}

export interface GpuEngine extends DirectEngine<OnGpu> {
  /** The picture as an rgba8unorm texture (TEXTURE_BINDING | COPY_SRC | RENDER_ATTACHMENT), which the caller destroys. */
  toTexture(latent: LatentInput, options?: PictureOptions): Promise<GPUTexture>;
}

export type CpuEngine = DirectEngine<InMemory>;
