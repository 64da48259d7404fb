import type { Family } from '../families/family.ts';
import { FAMILIES } from '../families/index.ts';
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

const ofFamilies = (titleOf: (family: Family) => string | null): string =>
  FAMILIES.map(titleOf)
    .filter((title) => title !== null)
    .join(', ');

/** The table above as a sentence. */
export const KNOWN_NETWORKS = `Known are AutoencoderKL (${ofFamilies(({ shortTitle, autoencoders }) =>
  autoencoders.kl ? shortTitle : null,
)}), tiny autoencoders (${ofFamilies(({ autoencoders }) => autoencoders.tiny?.title ?? null)} and the like), SwinIR, LUA, and LatentLift's own models.`;
