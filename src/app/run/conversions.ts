import type { WeightsId } from '../../contract/weights-library.ts';
import { familyById } from '../../core/families/index.ts';
import type { FamilyId } from '../../core/latent/latent.ts';
import { itemsWords } from '../../words/items.ts';
import type { AppState } from '../state/state.ts';

/** An interposer at hand that takes the current latent, and a family that it gives. */
export interface Conversion {
  readonly id: WeightsId;
  /** The file's name. */
  readonly name: string;
  readonly to: FamilyId;
  /** "Convert to SDXL" */
  readonly label: string;
}

/** What the latents of a family can be turned into with the weights at hand. */
export const conversionsOf = (state: AppState, family: FamilyId): readonly Conversion[] =>
  (state.models.storage?.weights ?? []).flatMap(({ id, name, networks }) =>
    networks
      .filter(({ role, families }) => role === 'interposer' && families.includes(family))
      .flatMap(({ gives = [] }) => gives)
      .filter((to) => to !== family)
      .map((to): Conversion => ({ id, name, to, label: itemsWords().convert(familyById(to).shortTitle) })),
  );
