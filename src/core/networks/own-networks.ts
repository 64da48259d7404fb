import { latentliftDecoder } from './latentlift-decoder.ts';
import { latentliftEncoder } from './latentlift-encoder.ts';
import type { Network } from './network.ts';
import { swinir } from './swinir.ts';

/** What the built-in models are made of: all that a first visit needs. The others come with the first weights that may be theirs. */
export const OWN_NETWORKS: readonly Network[] = [latentliftDecoder, latentliftEncoder, swinir];
