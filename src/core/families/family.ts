/** `model`: what the diffusion model sees, about unit variance. `raw`: what the VAE emits and eats. */
export type LatentSpace = 'model' | 'raw';

/** How model space follows from raw VAE space: model = (raw - shift) * scale, with one number each, one per channel, or one per patch channel. */
export type Normalisation =
  | { readonly kind: 'uniform'; readonly scale: number; readonly shift: number }
  | { readonly kind: 'per-channel'; readonly scale: readonly number[]; readonly shift: readonly number[] }
  /** Indexed by k = 4c + 2(y mod 2) + (x mod 2), the channel that the cell takes when 2x2 cells become channels. */
  | { readonly kind: 'per-patch'; readonly scale: readonly number[]; readonly shift: readonly number[] };

/** rgb[j] = sum over c of latent[c] * factors[c][j] + bias[j], about [-1, 1], from a model-space latent; one pixel per cell. */
export interface RgbFactors {
  readonly factors: readonly (readonly [number, number, number])[];
  readonly bias: readonly [number, number, number];
}

/** What a family's likelihood may hang on before the values are looked at: the cells, and whether there is a time axis. */
export interface LatentSize {
  readonly height: number;
  readonly width: number;
  readonly hasFrames: boolean;
}

/** A public tiny autoencoder (TAESD's kind) of a family. */
export interface TinyAutoencoder {
  readonly title: string;
  /** Whether its first blocks see the whole picture (TAEF2's do). */
  readonly isPooled: boolean;
  /** Names of its files that speak of no model; null where the family's own words are in them. */
  readonly names: RegExp | null;
}

/**
 * One VAE family: everything that is known of its latents, in one file of this folder. `Id` is what files, links and stored
 * choices call it, so it never changes.
 */
export interface Family<Id extends string = string> {
  readonly id: Id;
  readonly title: string;
  /** The title where room is short: "32 channels (FLUX.2)". */
  readonly shortTitle: string;
  /** Un-packed. */
  readonly channels: number;
  readonly pixelsPerCell: number;
  readonly normalisation: Normalisation;
  /**
   * Whether programs put 2x2 cells into one value of 4 * channels: in tokens [N, 4C] alone, or in planes [4C, H/2, W/2] as well;
   * null where neither is known.
   */
  readonly packing: 'tokens' | 'tokens-or-planes' | null;
  /** Whether several frames on a time axis may be its latents. */
  readonly hasVideo: boolean;
  /** Whether nothing without frames is its latent, whoever else has such channels; false unless told. */
  readonly isVideoOnly?: boolean;
  /** Whether the layers of a picture (Qwen-Image-Layered) may stand where a video has its frames; false unless told. */
  readonly hasLayers?: boolean;
  /**
   * Pictures of a video for one of its latent frames, but for the first, which gives one; told where decoders are known that look back at earlier
   * frames.
   */
  readonly picturesPerFrame?: number;
  /** Standard deviation of a typical raw latent whose model-space latent has 1 (derived from the scales). */
  readonly rawStd: number;
  /**
   * Words of file names, trainers' architectures and the like, in lower case. Where several families' words fit, the higher
   * precedence counts: words that others' names hold too (a bare "flux", "1.5") stand low.
   */
  readonly names: { readonly pattern: RegExp; readonly precedence: number };
  /** ComfyUI's node classes that this family alone uses; null where there are none. */
  readonly nodes: RegExp | null;
  /** What SD-Latent-Interposer's files call it ("xl-to-v1_interposer"); none unless told. */
  readonly interposerName?: string;
  /** sd-scripts' cache files end in "_<suffix>.npz": the space of each suffix. */
  readonly kohyaSuffixes: Readonly<Record<string, LatentSpace>>;
  /** How unlikely the family is before its values are looked at, in the unit of |ln(std / expected)|; 0 where nothing speaks against it. */
  prior(size: LatentSize): number;
  /**
   * ComfyUI's linear preview (comfy/latent_formats.py); null where it has none. A large table lies in a file of its own (`previews/`), which
   * comes when it is asked for: most visitors see one family.
   */
  readonly preview: RgbFactors | (() => Promise<RgbFactors>) | null;
  /** What ComfyUI's SaveLatent writes and LoadLatent expects (nodes.py, comfy/samplers.py). */
  readonly comfy: {
    readonly space: LatentSpace;
    readonly axes: 'bchw' | 'bcthw';
    /** 2x2 cells in 4 * channels planes. */
    readonly isPatched: boolean;
  };
  /** Which kinds of autoencoder fit it: a tiny one, AutoencoderKL's form, LatentLift's own. */
  readonly autoencoders: {
    readonly tiny: TinyAutoencoder | null;
    /** What its weights of TAEHV's kind are called; none unless told. */
    readonly taehv?: string;
    readonly kl: boolean;
    readonly latentlift: boolean;
  };
}

/** One scale and shift for all channels. */
export const uniform = (scale: number, shift = 0): Normalisation => ({ kind: 'uniform', scale, shift });

/** 1 over each standard deviation, times `times`: the scale of a normalisation that is given by its statistics. */
export const scalesOf = (stds: readonly number[], times = 1): readonly number[] =>
  stds.map((std) => times / std);
