import type { FamilySpace } from './family-space.ts';
import type { FamilyId } from './latent.ts';
import type { Reading } from './reading.ts';

/**
 * The pairs worth a cycle: the guess and its alternatives among the families that can be decoded and encoded here. Empty where
 * nothing is in doubt. With a single pair the cycle confirms it, or tells that it is another family's.
 */
export function pairsToDecide(
  reading: Reading,
  canCycle: (family: FamilyId) => boolean,
): readonly FamilySpace[] {
  if (reading.confidence !== 'guess') return [];
  const { family, space, alternatives } = reading;
  return [{ family, space }, ...alternatives].filter((pair) => canCycle(pair.family));
}
