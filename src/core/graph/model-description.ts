import type { FamilyId, LatentSpace } from '../latent/latent.ts';
import type { Role } from '../role.ts';
import type { Value } from './graph-builder.ts';
import type { Layers } from './layers.ts';

/** What a network takes and gives, in terms a pipeline and a person can use. */
export interface NetworkSizes {
  /** For people, its name first, up to a comma: "LUA upscaler, x2 and x4, 32 channels (FLUX.2)". */
  readonly title: string;
  /** Latent families it fits, most likely first; none for pixel models. */
  readonly families: readonly FamilyId[];
  /** The values it eats or emits. */
  readonly space: LatentSpace;
  /** The same for the families whose weights were made for another space; all others take `space`. */
  readonly spaces?: Partial<Readonly<Record<FamilyId, LatentSpace>>>;
  /** Channels of the latent (3 for a pixel upscaler). */
  readonly channels: number;
  /** Pixels per latent cell and axis (1 for a pixel upscaler). */
  readonly pixelsPerCell: number;
  /** Factors it offers; none but for upscalers. */
  readonly scales: readonly (2 | 4)[];
  /** It offers every factor between 1 and this one too; absent where `scales` are all. */
  readonly anyScaleTo?: number;
  /** Values of black to white on its picture side: [0, 1] or [-1, 1]. */
  readonly pixelRange: 'unit' | 'signed';
  /** True where a fourth channel of its picture, of the same range, is opacity; decoders alone. */
  readonly hasAlpha?: boolean;
  /** What an interposer makes of a latent, likeliest family first; absent for all others. */
  readonly gives?: {
    readonly channels: number;
    readonly families: readonly FamilyId[];
    readonly space: LatentSpace;
  };
}

type Factors = Pick<NetworkSizes, 'scales' | 'anyScaleTo'>;

/** Whether an upscaler may be built for a factor. */
export const offersScale = ({ scales, anyScaleTo = 1 }: Factors, scale: number): boolean =>
  scales.some((offered) => offered === scale) || (scale > 1 && scale < anyScaleTo);

/** The factors to apply one after the other for `scale`: the one asked for, or x2 twice for x4; null where neither is offered. */
export function passesOf(sizes: Factors, scale: number): readonly number[] | null {
  if (offersScale(sizes, scale)) return [scale];
  return scale === 4 && sizes.scales.includes(2) ? [2, 2] : null;
}

/**
 * How far an output reaches, in latent cells (input pixels for a pixel upscaler). Not exact where an operation sees the
 * whole input (GroupNorm, attention, pooling); `cells` is then a halo over which tiles may be blended.
 */
export interface Radius {
  readonly exact: boolean;
  readonly cells: number;
}

/**
 * One piece of a network that is cut where a norm sees everything: float32 [1,C,h,w] in and out, exact in tiles, since mean and variance
 * of the whole are given to each.
 */
export interface Stage {
  /** Of what it takes: the result of the stage before, or the network's input for the first and for a shortcut. */
  readonly channels: number;
  /** Two more planes follow, mean and variance of all that it takes, each the same number everywhere. */
  readonly isNormalised: boolean;
  /** Samples that it gives for each that it takes, an axis. */
  readonly factor: 1 | 2;
  /** How far it sees, in samples that it takes. */
  readonly reach: number;
  /** It takes the network's input, and what it gives is added to the result of the stage before. */
  readonly isShortcut: boolean;
}

/** What a network allows whoever runs it. */
export interface Capabilities {
  readonly radius: Radius;
  /** Tiles start at multiples of this many cells, so that windows of attention stand where they stand in the whole; else 1. */
  readonly tileStep: number;
  /**
   * Where a decoder may be cut in two (`splitDecoder`): the features [1,channels,h,w] that leave its part at latent resolution,
   * and how far the rest reaches. Null where a cut brings nothing.
   */
  readonly seam: { readonly channels: number; readonly radius: Radius } | null;
  /** False where activations are known to pass 65504, the most that half precision holds, or a run was seen to stray. True is no promise: a run must be tested. */
  readonly halfSafe: boolean;
  /** Of a decoder that remembers a video's earlier frames: how many of them count in a picture. Absent for all others. */
  readonly framesBefore?: number;
  /** How an upscaler whose norms see everything is cut into pieces that run exactly in tiles (`stagesOf`). Absent for all others. */
  readonly stages?: readonly Stage[];
}

/** The whole network, or one of the two sides of its seam. */
export type NetworkPart = 'whole' | 'latent' | 'pixels';

/** Height and width of the input in its own units: latent cells for decoders and upscalers, pixels for the others. */
export interface GraphRequest {
  readonly height: number;
  readonly width: number;
  readonly precision: 'f16' | 'f32';
  /** Upscalers with several heads need it; it must be one that the description offers (`offersScale`). */
  readonly scale?: number;
  /** Latent frames that a video decoder is given, one after the other among the channels; 1 unless told. */
  readonly frames?: number;
  /** The one picture of the last of these frames that is wanted, from 0; all pictures of the clip unless told. */
  readonly moment?: number;
  /** `inline` keeps all weights in the protobuf (below 2 GB), for a file that stands alone. */
  readonly weights?: 'auto' | 'inline';
}

export interface EmitRequest extends Pick<GraphRequest, 'height' | 'width' | 'scale' | 'frames' | 'moment'> {
  readonly part: NetworkPart;
  /** The one of the network's stages that is wanted, from 0; the whole unless told. */
  readonly stage?: number;
}

/** Appends a network to a graph: float32 [1,C,H,W] in, float32 out. Takes every tensor it needs from the layers' checkpoint. */
export type Emit = (layers: Layers, request: EmitRequest) => Value;

/** What a state dict turned out to be, and how to build it. */
export interface ModelDescription extends NetworkSizes, Capabilities {
  readonly architecture: string;
  readonly role: Role;
  readonly part: NetworkPart;
  readonly parameters: number;
  /** Where in the file it stands: the key prefix before its own names. */
  readonly prefix: string;
  readonly emit: Emit;
  /** One picture of a clip is decoded (`clipDecoder`). */
  readonly clip?: { readonly frames: number; readonly moment: number };
  /** It is one stage of its network, counted from 0 (`stagesOf`). */
  readonly stage?: number;
}
