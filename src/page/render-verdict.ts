import { hasRival } from '../app/show/rival.ts';
import { verdictOf } from '../app/show/verdict.ts';
import type { AppState } from '../app/state/state.ts';
import { verdictWords } from '../words/verdict.ts';
import type { PageElements } from './page-elements.ts';

/** Puts the verdict on the current item under the toolbar, and what the race would do on its button. */
export function renderVerdict({ verdict, race }: PageElements, state: AppState): void {
  const { tone, text } = verdictOf(state);
  if (verdict.textContent !== text) verdict.textContent = text;
  verdict.title = verdictWords().detailMeasure;
  if (verdict.parentElement !== null) verdict.parentElement.dataset['tone'] = tone;
  race.title = hasRival(state) ? verdictWords().race : verdictWords().noRace;
}
