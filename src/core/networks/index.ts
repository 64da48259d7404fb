import { autoencoderKl } from './autoencoder-kl.ts';
import { latentliftDecoder } from './latentlift-decoder.ts';
import { latentliftEncoder } from './latentlift-encoder.ts';
import type { Network } from './network.ts';
import { nnLatentUpscale } from './nn-latent-upscale.ts';
import { sdLatentInterposer } from './sd-latent-interposer.ts';
import { sdLatentUpscaler } from './sd-latent-upscaler.ts';
import { sesquiLsr } from './sesqui-lsr.ts';
import { swinir } from './swinir.ts';
import { taehv } from './taehv.ts';
import { tinyAutoencoder } from './tiny-autoencoder.ts';

/** Every architecture that can be recognised and built; where a file fits several, the earlier comes first. */
export const NETWORKS = [
  latentliftDecoder,
  latentliftEncoder,
  tinyAutoencoder,
  taehv,
  autoencoderKl,
  swinir,
  nnLatentUpscale,
  sesquiLsr,
  sdLatentUpscaler,
  sdLatentInterposer,
] as const satisfies readonly Network[];

export type Architecture = (typeof NETWORKS)[number]['id'];
