import { html, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Painting, Stage } from './view.ts';

/** How much of a window's height stands around the pictures: one or two are as high as it lets them, with their figures. */
const aroundOf = (panes: number): string => (panes < 3 ? '28rem' : '23.5rem');

/** Every picture in a pane of its own, all drawn alike; one or two have the width that three have. */
export const panesOf = (
  { shownCards: cards, pane, aspect }: Stage<object>,
  painting?: Painting,
): TemplateResult => html`
  <div class="stage ${cards.length === 4 ? 'four' : ''}" .style=${`--columns: ${Math.min(3, Math.max(1, cards.length))}; --aspect: ${aspect}; --around: ${aroundOf(cards.length)}`}>
    ${repeat(
      cards,
      (card) => card.key,
      (card) => pane(card, painting),
    )}
  </div>`;
