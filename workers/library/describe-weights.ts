import type { StoredNetwork } from '../../src/contract/weights-library.ts';
import { buildGraph, type ModelDescription, type StateDict } from '../../src/core/graph/index.ts';
import { conversionOfName, familyOfWeights } from '../../src/core/latent/family-of-name.ts';
import type { FamilyId } from '../../src/core/latent/latent.ts';
import { recogniseModel } from '../../src/core/networks/recognise.ts';

/** The families a network fits, those that its file's name or address speaks of first. */
function sortFamilies(families: readonly FamilyId[], hints: readonly string[]): FamilyId[] {
  const first =
    hints.map(familyOfWeights).find((family) => family !== null && families.includes(family)) ?? null;
  return first === null ? [...families] : [first, ...families.filter((family) => family !== first)];
}

/** The one family, where it is among `families`; none where it is not; all where nothing is known. */
const narrowed = (families: readonly FamilyId[], one: FamilyId | null | undefined): readonly FamilyId[] =>
  one === undefined ? families : families.filter((family) => family === one);

/** Whose latents an interposer takes and gives: as its file's name says, else all that its channels allow. */
function conversionOf(
  { families, gives }: ModelDescription,
  hints: readonly string[],
): Pick<StoredNetwork, 'families' | 'gives'> {
  const named = hints.map(conversionOfName).find((conversion) => conversion !== null);
  return { families: narrowed(families, named?.from), gives: narrowed(gives?.families ?? [], named?.to) };
}

/** What a file's networks are, from names and shapes. Throws model/unrecognised with the nearest match. */
export const describeWeights = (state: StateDict, hints: readonly string[]): StoredNetwork[] =>
  recogniseModel(state).map((description) => {
    const { role, architecture, title, families, space, channels, scales, parameters } = description;
    return {
      role,
      architecture,
      title,
      families: sortFamilies(families, hints),
      space,
      channels,
      scales,
      parameters,
      ...(role === 'interposer' && conversionOf(description, hints)),
    };
  });

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
