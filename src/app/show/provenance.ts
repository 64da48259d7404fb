import { ROLES } from '../../core/role.ts';
import { methodTitle, scaleWord } from '../models/network-names.ts';
import { textsOf } from '../run/item-texts.ts';
import { isEnlargedBy, type PaneKey, parsePaneKey } from '../state/panes.ts';
import type { AppState, Item } from '../state/state.ts';
import { keptTexts } from './generation-text.ts';

/** The ids of the models that a pane was made with, and of no others. */
export function modelsOf(state: AppState, item: Item | null, key: PaneKey): readonly string[] {
  const method = parsePaneKey(key)?.method ?? 'reference';
  const loaded = state.engine.plan?.models ?? {};
  return ROLES.filter(
    (role) =>
      (role === 'encoder' && item?.source.kind === 'picture' && method !== 'reference') ||
      (role === 'decoder' && method !== 'reference') ||
      isEnlargedBy(key, role),
  ).flatMap((role) => loaded[role] ?? []);
}

/** What an item's file says of how it was made, as far as that goes into what is saved of it. */
export const textsKept = async (item: Item | null): Promise<Record<string, string>> =>
  item === null ? {} : keptTexts(await textsOf(item));

/** What a saved picture says of itself, with what its source said of how it was made. */
export async function provenanceOf(
  state: AppState,
  item: Item | null,
  key: PaneKey,
): Promise<Record<string, string>> {
  return {
    ...(await textsKept(item)),
    Software: 'LatentLift',
    Source: item?.name ?? '',
    Method: methodTitle(state, item, key),
    Scale: scaleWord(key),
    Models: modelsOf(state, item, key).join(', '),
  };
}
