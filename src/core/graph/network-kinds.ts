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
