import { latentliftDecoder } from './latentlift-decoder.ts';
import type { Network } from './network.ts';

/** What the first picture needs. */
export const FIRST_NETWORKS: readonly Network[] = [latentliftDecoder];

/** What the other built-in models are made of; they come with the first of them. */
export async function laterNetworks(): Promise<readonly Network[]> {
  const [{ latentliftEncoder }, { swinir }] = await Promise.all([
    import('./latentlift-encoder.ts'),
    import('./swinir.ts'),
  ]);
  return [latentliftEncoder, swinir];
}
