import type { Controller } from '../app/run/controller.ts';
import { deviceSummary } from '../app/show/device-summary.ts';
import { factsContent, overrideOf, settingOf } from '../app/show/latent-facts.ts';
import { saveFormats, saveScales } from '../app/show/latent-formats.ts';
import { paneCards } from '../app/show/pane-cards.ts';
import { timingRows } from '../app/show/timing-rows.ts';
import { type AppState, currentItem } from '../app/state/state.ts';
import '../ui/elements/ll-facts.ts';
import type { SaveRequest } from '../ui/elements/ll-latent-saver.ts';
import '../ui/elements/ll-latent-saver.ts';
import type { TimingCommand } from '../ui/elements/ll-timings.ts';
import '../ui/elements/ll-timings.ts';
import { belowWords } from '../words/below.ts';
import { listen } from './listen.ts';
import type { PageElements } from './page-elements.ts';
import type { Exports } from './page-exports.ts';

export interface BelowParts {
  readonly page: PageElements;
  readonly controller: Controller;
  readonly exports: Exports;
  readonly state: () => AppState;
}

/** The cards below the pictures: timings, what was understood of the latent, and how to save it. Gives what shows a state in them. */
export function createBelowCards({ page, controller, exports, state }: BelowParts): (now: AppState) => void {
  listen<TimingCommand>(page.timings, 'll-timing-command', (name) => {
    if (name === 'json' || name === 'csv') void exports.timings(name);
    else controller.runAgain(name.runs);
  });
  listen<{ id: string; value: string }>(page.facts, 'll-fact-change', ({ id, value }) => {
    if (currentItem(state())?.source.kind === 'picture') controller.setPicture(settingOf(id, value));
    else if (id === 'item') void controller.showMember(currentItem(state())?.id ?? 0, Number(value));
    else void controller.reread(overrideOf(id, value));
  });
  listen<SaveRequest>(page.saver, 'll-save-latent', (request) => void exports.latent(request));

  return (now) => {
    const cards = paneCards(now);
    page.timings.rows = timingRows(cards);
    page.timings.canRun = cards.some(({ phase }) => phase === 'done');
    page.timings.caption = timingCaption(now);
    page.facts.content = factsContent(now);
    page.saver.formats = saveFormats(now);
    page.saver.scales = saveScales(now);
  };
}

function timingCaption(state: AppState): string {
  const summary = deviceSummary(state);
  const words = belowWords().caption;
  return summary === null ? words : `${[summary.title, summary.detail].filter(Boolean).join(', ')}. ${words}`;
}
