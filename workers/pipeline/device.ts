import type { Compute, Tensor } from './compute.ts';
import type { NetworkCache } from './network-cache.ts';

/** Where calls run: the arithmetic, the networks made ready on it, and the precision they are kept in. */
export interface Device<T extends Tensor> {
  readonly compute: Compute<T>;
  readonly networks: NetworkCache<T>;
  readonly precision: 'f16' | 'f32';
}
