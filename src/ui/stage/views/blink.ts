import { css, html } from 'lit';
import { oneOf, type Values } from '../../../app/show/link-params.ts';
import type { PaneCard } from '../../../app/show/pane-cards.ts';
import { stageWords } from '../../../words/stage.ts';
import { paneOverlay } from '../pane-parts.ts';
import { choiceControl } from './choice-control.ts';
import { cardName, cardPart } from './figure-parts.ts';
import type { View } from './view.ts';

const params = {
  /** Milliseconds that each picture stays; 0 is by hand. At 250 the screen changes four times a second, two flashes (WCAG 2.3.1: three). */
  blinkMs: oneOf('blink', [0, 250, 500, 1000, 2000], 500),
};
type Own = Values<typeof params>;

export const blink = {
  mode: 'blink',
  title: 'Blink',
  hint: 'two pictures in one place, in turn; hold the key to keep the second',
  key: 'b',
  params,
  // Both stay drawn and only their visibility changes: a flip costs no drawing and shows nothing in between.
  styles: css`
    .layer {
      position: absolute;
      inset: 0;
    }
    .blink .layer + .layer,
    .blink:is(.held:not(:has(.flip:checked)), :not(.held):has(.flip:checked)) .layer:first-child {
      visibility: hidden;
    }
    .blink:is(.held:not(:has(.flip:checked)), :not(.held):has(.flip:checked)) .layer + .layer {
      visibility: visible;
    }
    .chip.calm {
      position: absolute;
      top: var(--space-2);
      right: var(--space-2);
      pointer-events: none;
    }
    .blink:not(.auto) .calm {
      display: none;
    }
    @media (prefers-reduced-motion: no-preference) {
      .calm {
        display: none;
      }
      .blink.auto:not(.held, :has(.flip:checked)) .layer {
        animation: blink calc(var(--blink-ms) * 2ms) step-end infinite;
      }
      .blink.auto:not(.held, :has(.flip:checked)) .layer + .layer {
        animation-delay: calc(var(--blink-ms) * -1ms);
      }
    }
    @keyframes blink {
      0% {
        visibility: visible;
      }
      50%,
      100% {
        visibility: hidden;
      }
    }
    .layer .chip {
      position: absolute;
      bottom: var(--space-2);
      left: var(--space-2);
    }
    .blink .pair {
      justify-content: flex-start;
      column-gap: var(--space-3);
    }
    .blink .pair .keep {
      flex: none;
      margin-left: auto;
      gap: 0.4rem;
      min-height: 2.25rem;
      color: var(--ink);
      font-size: var(--step--1);
      cursor: pointer;
    }
    .flip {
      width: 1.05rem;
      height: 1.05rem;
      margin: 0;
      accent-color: var(--accent);
    }
    @media (max-width: 760px) {
      .blink .pair {
        column-gap: var(--space-2);
      }
      .keep span {
        display: none;
      }
    }
  `,
  render(stage) {
    if (stage.pair === null) return html``;
    const [first, second] = stage.pair;
    const { blinkMs } = stage.view;
    const layer = (letter: string, card: PaneCard) => html`<div class="layer" data-shows=${card.key}>
      ${stage.picture(card)}<span class="chip">${letter}: ${cardName(card)}</span></div>`;
    return html`<div class="stage single blink ${blinkMs > 0 ? 'auto' : ''} ${stage.isHeld ? 'held' : ''}"
      .style=${`--blink-ms: ${blinkMs}`}><figure data-phase=${second.phase}>
      <div class="pair">${stage.chooser('first', 'A')}${stage.chooser('second', 'B')}
        <label class="keep"><input class="flip" type="checkbox" aria-label=${stageWords().showB(cardName(second))} /><span>${stageWords().show}</span>B</label></div>
      ${stage.screen(
        html`${layer('A', first)}${layer('B', second)} ${stage.zoomChip(second)} ${stage.navigator(first)}
        <span class="chip calm">${stageWords().calm}</span>`,
        second,
        paneOverlay(second, stage.act),
      )}
    </figure></div>`;
  },
  controls: ({ view, change }) =>
    choiceControl(
      stageWords().flip,
      params.blinkMs,
      view.blinkMs,
      (ms) => (ms === 0 ? stageWords().byHand : stageWords().every(String(ms / 1000))),
      (blinkMs) => change({ blinkMs }),
    ),
  figure: ({ pair }) => pair.map((card) => cardPart(card)),
} as const satisfies View<Own>;
