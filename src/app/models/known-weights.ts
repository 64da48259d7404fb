import type { FamilyId } from '../../core/latent/latent.ts';
import type { KnownWeights } from '../state/models-state.ts';
import list from './known-weights.json';

/** Data, not an endorsement; sizes and licences as of 2026 (known-weights.json). */
export const KNOWN_WEIGHTS: readonly KnownWeights[] = list as readonly KnownWeights[];

export const knownFor = (family: FamilyId): readonly KnownWeights[] =>
  KNOWN_WEIGHTS.filter((known) => known.family === family);
