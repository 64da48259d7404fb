/** The VAE families whose latents we know (scale, shift, channels: src/core/latent/families.ts). */
export type FamilyId = 'sd1' | 'sdxl' | 'playground' | 'sd3' | 'flux1' | 'flux2' | 'wan' | 'sana';

/** `model`: what the diffusion model sees, about unit variance. `raw`: what the VAE emits and eats. */
export type LatentSpace = 'model' | 'raw';

/** One picture's latent: `data` is [channels, height, width] float32 in C order; FLUX.2 is un-patchified (32 channels). */
export interface Latent {
  readonly data: Float32Array;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly family: FamilyId;
  readonly space: LatentSpace;
}
