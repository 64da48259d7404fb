import type { StoredNetwork } from '../../src/contract/weights-library.ts';
import { buildGraph, type ModelDescription, type StateDict } from '../../src/core/graph/index.ts';
import { familyOfWeights } from '../../src/core/latent/family-of-name.ts';
import type { FamilyId } from '../../src/core/latent/latent.ts';
import { recogniseModel } from '../../src/core/networks/recognise.ts';

/** The families a network fits, those that its file's name or address speaks of first. */
function sortFamilies(families: readonly FamilyId[], hints: readonly string[]): FamilyId[] {
  const first =
    hints.map(familyOfWeights).find((family) => family !== null && families.includes(family)) ?? null;
  return first === null ? [...families] : [first, ...families.filter((family) => family !== first)];
}

/** What a file's networks are, from names and shapes. Throws model/unrecognised with the nearest match. */
export const describeWeights = (state: StateDict, hints: readonly string[]): StoredNetwork[] =>
  recogniseModel(state).map(
    ({ role, architecture, title, families, space, channels, scales, parameters }) => ({
      role,
      architecture,
      title,
      families: sortFamilies(families, hints),
      space,
      channels,
      scales,
      parameters,
    }),
  );

/** The smallest input that every network of its role takes. */
const smallestSide = ({ role, pixelsPerCell }: ModelDescription): number =>
  role === 'encoder' ? pixelsPerCell : 1;

/**
 * Reads every weight that the networks need, once, by building them at their smallest. Throws model/mismatch where one is not a
 * finite number: better here than in the middle of a picture.
 */
export function checkWeights(state: StateDict): void {
  for (const description of recogniseModel(state)) {
    const side = smallestSide(description);
    for (const scale of description.scales.length > 0 ? description.scales : [null]) {
      buildGraph(description, state, {
        height: side,
        width: side,
        precision: 'f32',
        ...(scale !== null && { scale }),
      });
    }
  }
}
