import { klDecoder, klEncoder } from './architectures/autoencoder-kl.ts';
import { latentliftDecoder, latentliftEncoder } from './architectures/latentlift.ts';
import { latentSwinir, pixelSwinir } from './architectures/swinir.ts';
import { tinyDecoder, tinyEncoder } from './architectures/tiny-autoencoder.ts';
import type { NetworkKind } from './model-description.ts';

/** Every network that can be recognised and built; decoders first, since a file is most often opened for its decoder. */
export const networkKinds: readonly NetworkKind[] = [
  latentliftDecoder,
  tinyDecoder,
  klDecoder,
  latentliftEncoder,
  tinyEncoder,
  klEncoder,
  latentSwinir,
  pixelSwinir,
];

/** The table above as a sentence. */
export const KNOWN_NETWORKS =
  "Known are AutoencoderKL (SD, SDXL, SD 3, FLUX.1, FLUX.2), tiny autoencoders (TAESD, TAEF1, TAEF2, TAESANA and the like), SwinIR, LUA, and LatentLift's own models.";
