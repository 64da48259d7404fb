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
}
