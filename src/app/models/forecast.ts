import type { EngineClient } from '../../client/engine-client.ts';
import { isWeightsId } from '../../contract/weights-library.ts';
import { familyById } from '../../core/families/index.ts';
import { ROLES } from '../../core/role.ts';
import { modelsWords } from '../../words/models.ts';
import { formatBytes } from '../show/figures.ts';
import type { Action } from '../state/actions.ts';
import { type AppState, currentItem } from '../state/state.ts';
import type { Store } from '../state/store.ts';
import { chosenFor, forecastKey, HEAVY_BYTES } from './models.ts';

/** Tells beforehand what the chosen networks will need for the latent on the stage. */
export async function forecast(client: EngineClient, store: Store<AppState, Action>): Promise<void> {
  const state = store.get();
  const latent = currentItem(state)?.latent ?? null;
  if (latent === null) return;
  const { family, height, width } = latent;
  for (const slot of ROLES) {
    const chosen = chosenFor(state, family, slot);
    if (chosen === null || !isWeightsId(chosen.id) || slot === 'encoder') continue;
    const factor = slot === 'pixel-upscaler' ? familyById(family).pixelsPerCell : 1;
    const told = await client.forecastMemory({
      id: chosen.id,
      role: slot,
      height: height * factor,
      width: width * factor,
      scale: chosen.scales.at(-1) ?? null,
    });
    store.dispatch({ type: 'forecast-told', key: forecastKey(chosen.id, slot), forecast: told });
  }
}

/** A warning where the latent on the stage will ask much of the weights `id`, else nothing. */
export function heavyWarning({ models }: AppState, id: string): string {
  const needs = ROLES.map((slot) => models.forecasts[forecastKey(id, slot)]).map((told) =>
    told === undefined ? 0 : told.weightBytes + told.activationBytes,
  );
  const most = Math.max(...needs);
  return most > HEAVY_BYTES ? modelsWords().heavyNow(formatBytes(most)) : '';
}
