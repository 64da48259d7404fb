import { gradeInUse } from '../app/models/models.ts';
import { deviceSummary } from '../app/show/device-summary.ts';
import { focusSpot } from '../app/show/focus-spot.ts';
import { demoThumbnails } from '../app/show/gallery-entries.ts';
import { baseSize, paneCards } from '../app/show/pane-cards.ts';
import { describeStatus } from '../app/show/status.ts';
import { type AppState, currentItem } from '../app/state/state.ts';
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
  page.compare.focusSpot = focusSpot(state);
  page.toolbar.view = view;
  page.toolbar.shown = state.shown;
  page.toolbar.isReady = cards.some(({ phase }) => phase === 'done');
  page.status.status = describeStatus(state);
  page.demos.entries = demoThumbnails(state);
  page.intro.classList.toggle(
    'folded',
    state.items.some(({ origin }) => origin.kind !== 'demo'),
  );
  page.latentName.textContent = currentItem(state)?.name ?? '';
  renderDevice(page.device, state);
  renderGrades(page.grades, state);
}

/** Which of two decoders is in use; nothing for a family that has no choice. Until the list is there it stands as it is. */
function renderGrades(grades: HTMLElement, state: AppState): void {
  const family = currentItem(state)?.latent?.family;
  if (state.engine.models === null || family === undefined) return;
  const inUse = gradeInUse(state, family);
  grades.hidden = inUse === undefined;
  for (const button of grades.querySelectorAll('button')) {
    button.ariaPressed = String(button.value === inUse);
  }
}

function renderDevice(badge: HTMLButtonElement, state: AppState): void {
  const summary = deviceSummary(state);
  if (summary === null) return;
  const [title, detail] = badge.children;
  if (title !== undefined) title.textContent = summary.title;
  if (detail !== undefined) detail.textContent = summary.badge;
  badge.title = [summary.reason, summary.advice].filter(Boolean).join(' ');
}
