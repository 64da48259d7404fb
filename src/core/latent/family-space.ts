import { familiesOf } from '../families/index.ts';
import type { FamilyId, LatentSpace } from './latent.ts';

export interface FamilySpace {
  readonly family: FamilyId;
  readonly space: LatentSpace;
}

/** Every other pair of the channels: the ranked ones first, then those that what is known ruled out. */
export function alternativesTo(
  chosen: FamilySpace,
  channels: number,
  ranked: readonly FamilySpace[],
): readonly FamilySpace[] {
  const all = familiesOf(channels).flatMap(({ id }): FamilySpace[] => [
    { family: id, space: 'model' },
    { family: id, space: 'raw' },
  ]);
  const seen = new Set([`${chosen.family} ${chosen.space}`]);
  return [...ranked, ...all].flatMap(({ family, space }) => {
    const key = `${family} ${space}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ family, space }];
  });
}
