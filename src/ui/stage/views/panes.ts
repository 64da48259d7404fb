import { html, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Painting, Stage } from './view.ts';

/** Every picture in a pane of its own, all drawn alike. */
export const panesOf = (
  { shownCards: cards, pane }: Stage<object>,
  painting?: Painting,
): TemplateResult => html`
  <div class="stage ${cards.length === 4 ? 'four' : ''}">
    ${repeat(
      cards,
      (card) => card.key,
      (card) => pane(card, painting),
    )}
  </div>`;
