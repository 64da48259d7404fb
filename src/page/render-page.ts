import { deviceSummary } from '../app/show/device-summary.ts';
import { demoThumbnails } from '../app/show/gallery-entries.ts';
import { factsContent } from '../app/show/latent-facts.ts';
import { saveFormats, saveScales } from '../app/show/latent-formats.ts';
import { baseSize, paneCards } from '../app/show/pane-cards.ts';
import { describeStatus } from '../app/show/status.ts';
import { timingRows } from '../app/show/timing-rows.ts';
import type { AppState } from '../app/state/state.ts';
import type { ViewState } from '../ui/stage/views/index.ts';
import type { PageElements } from './page-elements.ts';

/** Hands the state to the elements as numbers, words and bitmaps. */
export function renderPage(page: PageElements, state: AppState, view: ViewState): void {
  const cards = paneCards(state);
  const base = baseSize(state);
  page.compare.cards = cards;
  page.compare.baseWidth = base.width;
  page.compare.baseHeight = base.height;
  page.compare.view = view;
  page.toolbar.view = view;
  page.toolbar.shown = state.shown;
  page.toolbar.isReady = cards.some(({ phase }) => phase === 'done');
  page.status.status = describeStatus(state);
  page.demos.entries = demoThumbnails(state);
  page.timings.rows = timingRows(cards);
  page.timings.canRun = cards.some(({ phase }) => phase === 'done');
  page.timings.caption = timingCaption(state);
  const facts = factsContent(state);
  page.facts.content = facts;
  page.latentName.textContent = facts?.title ?? '';
  page.saver.formats = saveFormats(state);
  page.saver.scales = saveScales(state);
  renderDevice(page.device, state);
}

function renderDevice(badge: HTMLButtonElement, state: AppState): void {
  const summary = deviceSummary(state);
  if (summary === null) return;
  const [title, detail] = badge.children;
  if (title !== undefined) title.textContent = summary.title;
  if (detail !== undefined) detail.textContent = summary.detail;
  badge.title = summary.reason;
}

function timingCaption(state: AppState): string {
  const summary = deviceSummary(state);
  const words =
    'Bars share one scale. Cold is the first run, with the graph being built; warm is any later one.';
  return summary === null ? words : `${[summary.title, summary.detail].filter(Boolean).join(', ')}. ${words}`;
}
