import type { Grade } from '../../contract/model-manifest.ts';
import type { StoredWeights } from '../../contract/weights-library.ts';
import { passesOf } from '../../core/graph/model-description.ts';
import type { FamilyId } from '../../core/latent/latent.ts';
import { isForPixels, type Role } from '../../core/role.ts';
import type { KnownWeights, ModelChoices } from '../state/models-state.ts';
import { type AppState, currentItem } from '../state/state.ts';

/** A model that may fill a slot. */
export interface ModelOption {
  readonly id: string;
  readonly title: string;
  readonly isBuiltIn: boolean;
  readonly scales: readonly (2 | 4)[];
  /** Of a built-in decoder that has a sibling. */
  readonly grade?: Grade;
}

const fits = (weights: StoredWeights, family: FamilyId, slot: Role) =>
  weights.networks.find(
    (network) => network.role === slot && (isForPixels(slot) || network.families.includes(family)),
  );

/** Every model at hand for a slot, the built-in ones first. */
export function optionsFor(state: AppState, family: FamilyId, slot: Role): readonly ModelOption[] {
  const builtIn = (state.engine.models ?? []).filter(
    (model) => model.role === slot && (isForPixels(slot) || model.family === family),
  );
  const added = (state.models.storage?.weights ?? []).flatMap((weights): ModelOption[] => {
    const network = fits(weights, family, slot);
    return network === undefined
      ? []
      : [{ id: weights.id, title: weights.name, isBuiltIn: false, scales: network.scales }];
  });
  return [
    ...builtIn.map(({ id, scales = [], grade }) => ({
      id,
      title: id,
      isBuiltIn: true,
      scales,
      ...(grade && { grade }),
    })),
    ...added,
  ];
}

/** The model that fills a slot: the chosen one while it is at hand, else the built-in one. Null where there is none. */
export function chosenFor(state: AppState, family: FamilyId, slot: Role): ModelOption | null {
  const options = optionsFor(state, family, slot);
  const wanted = state.models.choices[family]?.[slot];
  // Pixels have no family: a network for them serves all.
  const fallback = options.find(({ isBuiltIn }) => isBuiltIn || isForPixels(slot)) ?? null;
  const graded = options.find(({ grade }) => grade === gradeOf(state));
  return options.find(({ id }) => id === wanted) ?? graded ?? fallback;
}

/** The person's grade of decoder, else what suits the device. */
const gradeOf = ({ models }: AppState): Grade => models.grade ?? models.deviceGrade;

/** The grade of the decoder in use for a family of two, null for one from elsewhere; undefined where there is no choice. */
export function gradeInUse(state: AppState, family: FamilyId): Grade | null | undefined {
  const hasTwo = optionsFor(state, family, 'decoder').filter(({ grade }) => grade !== undefined).length > 1;
  return hasTwo ? (chosenFor(state, family, 'decoder')?.grade ?? null) : undefined;
}

/** True where what is on the stage lacks weights that others may offer. */
export function lacksWeights(state: AppState): boolean {
  const family = currentItem(state)?.latent?.family;
  if (family === undefined || state.engine.models === null) return false;
  return (['decoder', 'upscaler'] as const).some((slot) => chosenFor(state, family, slot) === null);
}

/** The smallest public file for a role; of unknown size last. */
export function smallestKnown(
  known: readonly KnownWeights[],
  family: FamilyId,
  role: Role,
): KnownWeights | null {
  const size = ({ sizeBytes }: KnownWeights): number => sizeBytes ?? Number.POSITIVE_INFINITY;
  const fitting = known.filter((one) => one.family === family && one.slot === role);
  return fitting.toSorted((a, b) => size(a) - size(b))[0] ?? null;
}

/** True where a model offers `scale`, be it by doubling twice. */
export const offersScale = ({ scales }: ModelOption, scale: number): boolean =>
  scales.length === 0 || passesOf({ scales }, scale) !== null;

/** `choices` with one slot of one family set; null goes back to the built-in model. */
export function withChoice(
  choices: ModelChoices,
  family: FamilyId,
  slot: Role,
  id: string | null,
): ModelChoices {
  const { [slot]: _, ...others } = choices[family] ?? {};
  return { ...choices, [family]: id === null ? others : { ...others, [slot]: id } };
}

/**
 * The choices after weights were added: each of their networks is used at once, for the family that its file speaks of, and for
 * `current` (the family on the stage) where it fits and has nothing yet.
 */
export function choicesWith(
  state: AppState,
  added: StoredWeights,
  current: FamilyId | null,
): { readonly choices: ModelChoices; readonly families: readonly FamilyId[] } {
  let { choices } = state.models;
  const used = new Set<FamilyId>();
  for (const { role, families } of added.networks) {
    // An interposer stands beside the others: whoever wants it asks for it.
    if (role === 'interposer') continue;
    const [first] = families;
    const isNeeded =
      current !== null && families.includes(current) && chosenFor(state, current, role) === null;
    for (const family of [first, isNeeded ? current : undefined]) {
      if (family === undefined) continue;
      used.add(family);
      choices = withChoice(choices, family, role, added.id);
    }
  }
  return { choices, families: [...used] };
}

/** A run that needs more than this is worth a warning before it starts: many machines and all phones have less to give. */
export const HEAVY_BYTES = 2e9;

/** The key of a forecast for one network and the latent on the stage. */
export const forecastKey = (id: string, slot: Role): string => `${id} ${slot}`;
