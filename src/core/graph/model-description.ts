import type { FamilyId, LatentSpace } from '../latent/latent.ts';
import type { Role } from '../role.ts';
import type { StateView } from '../weights/state-view.ts';
import type { GraphBuilder, Value } from './graph-builder.ts';

export type Architecture =
  | 'swinir'
  | 'tiny-autoencoder'
  | 'latentlift-decoder'
  | 'latentlift-encoder'
  | 'autoencoder-kl';

/** What a state dict turned out to be, in terms a pipeline and a person can use. */
export interface ModelDescription {
  readonly architecture: Architecture;
  readonly role: Role;
  /** For people: "LUA upscaler, x2 and x4, 32 channels (FLUX.2)". */
  readonly title: string;
  /** Latent families it fits, most likely first; none for pixel models. */
  readonly families: readonly FamilyId[];
  /** The values it eats or emits. */
  readonly space: LatentSpace;
  /** Channels of the latent (3 for a pixel upscaler). */
  readonly channels: number;
  /** Pixels per latent cell and axis (1 for a pixel upscaler). */
  readonly pixelsPerCell: number;
  /** Factors it offers; none but for upscalers. */
  readonly scales: readonly (2 | 4)[];
  /** Values of black to white on its picture side: [0, 1] or [-1, 1]. */
  readonly pixelRange: 'unit' | 'signed';
  /**
   * How far an output reaches, in latent cells (input pixels for a pixel upscaler). Not exact where an operation sees the
   * whole input (GroupNorm, attention, pooling); `cells` is then a halo over which tiles may be blended.
   */
  readonly radius: { readonly exact: boolean; readonly cells: number };
  /**
   * Where a decoder may be cut in two (`splitDecoder`): the features [1,channels,h,w] that leave its part at latent resolution,
   * and how far the rest reaches. Null where a cut brings nothing.
   */
  readonly seam: { readonly channels: number; readonly radius: ModelDescription['radius'] } | null;
  /** The whole network, or one of the two sides of its seam. */
  readonly part: 'whole' | 'latent' | 'pixels';
  readonly parameters: number;
  /** Where in the file it stands: the key prefix before its own names. */
  readonly prefix: string;
  /** Sizes that only its architecture understands. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** Height and width of the input in its own units: latent cells for decoders and upscalers, pixels for the others. */
export interface GraphRequest {
  readonly height: number;
  readonly width: number;
  readonly precision: 'f16' | 'f32';
  /** Upscalers with several heads need it; it must be one of the description's scales. */
  readonly scale?: 2 | 4;
  /** `inline` keeps all weights in the protobuf (below 2 GB), for a file that stands alone. */
  readonly weights?: 'auto' | 'inline';
}

/** What a kind reads off names and shapes; the rest follows from the kind and the file. */
export type NetworkSizes = Omit<
  ModelDescription,
  'architecture' | 'role' | 'part' | 'parameters' | 'prefix' | 'seam'
> &
  Partial<Pick<ModelDescription, 'seam'>>;

/** One kind of network: how to know it, and how to build it. */
export interface NetworkKind {
  readonly architecture: Architecture;
  readonly role: Role;
  /** For people, with its article, in the sentence about the nearest match. */
  readonly label: string;
  /** Matches keys that only such checkpoints have; the first group is the prefix before the network's own names. */
  readonly marker: RegExp;
  /** True for the names under the prefix that belong to it; the others are not its concern. */
  owns(name: string): boolean;
  /** Reads sizes off names and shapes; null where the marker deceived. */
  describe(view: StateView): NetworkSizes | null;
  /** Appends the network to the graph: float32 [1,C,H,W] in, float32 out. Takes every tensor it needs from the view. */
  emit(b: GraphBuilder, view: StateView, description: ModelDescription, request: GraphRequest): Value;
}
