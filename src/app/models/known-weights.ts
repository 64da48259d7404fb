import type { FamilyId } from '../../core/latent/latent.ts';
import type { Role } from '../../core/role.ts';

import list from './known-weights.json';

/** A public file that fits a family. It is somebody else's: fetched from its own place, when a person asks for it. */
export interface KnownWeights {
  readonly id: string;
  readonly title: string;
  readonly family: FamilyId;
  readonly slot: Role;
  /** The page or file at its author's place. */
  readonly address: string;
  readonly author: string;
  /** As its page states it; null where that was not seen. */
  readonly sizeBytes: number | null;
  readonly isSizeExact: boolean;
  /** As its page states it; null where that was not verified. */
  readonly licence: string | null;
  /** What it is good for, as a clause: "fast, a little soft". */
  readonly purpose: string;
}

/** Data, not an endorsement; sizes and licences as of 2026 (known-weights.json). */
export const KNOWN_WEIGHTS: readonly KnownWeights[] = list as readonly KnownWeights[];

export const knownFor = (family: FamilyId): readonly KnownWeights[] =>
  KNOWN_WEIGHTS.filter((known) => known.family === family);
