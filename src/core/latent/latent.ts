import type { LatentSpace } from '../families/family.ts';
import type { FamilyId } from '../families/index.ts';

export type { FamilyId, LatentSpace };

/** One picture's latent: `data` is [channels, height, width] float32 in C order; FLUX.2 is un-patchified (32 channels). */
export interface Latent {
  readonly data: Float32Array;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly family: FamilyId;
  readonly space: LatentSpace;
  /**
   * A video's frames before this one, oldest first, each as `data` is: what decoders with a memory look back at. Absent where it is the first,
   * and in every latent of one picture.
   */
  readonly before?: readonly Float32Array[];
  /** Which of the pictures that a video's frame becomes is meant, from 0; the last unless told. The first frame becomes one. */
  readonly moment?: number;
}

/** As far back as any known decoder looks: TAEW2.1's, 8 frames. */
export const MOST_BEFORE = 8;
