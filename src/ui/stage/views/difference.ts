import { html, nothing } from 'lit';
import { oneOf, type Values } from '../../../app/show/link-params.ts';
import { stageWords } from '../../../words/stage.ts';
import { drawPicture, type Painter } from '../draw-picture.ts';
import { paneFootnote, paneOverlay, paneTime } from '../pane-parts.ts';
import { choiceControl } from './choice-control.ts';
import { cardName, cardPart, paintedPart } from './figure-parts.ts';
import type { View } from './view.ts';

const params = {
  /** How much the difference is amplified. */
  gain: oneOf('gain', [1, 2, 4, 8, 16, 32], 8),
};
type Own = Values<typeof params>;

/**
 * The absolute difference of two pictures times `gain` (a power of two), both as the screen shows them. Each is drawn alike on
 * black first, so that a picture differs from itself by nothing; then difference compositing, then the canvas is added to
 * itself once for each doubling.
 */
const DIFFERENCE: Painter<Own> = {
  paint(context, [first, second], sight, { gain }) {
    const { width, height } = sight.frame;
    const other = new OffscreenCanvas(width, height);
    const otherContext = other.getContext('2d');
    if (otherContext === null || first === undefined || second === undefined) return;
    for (const [target, picture] of [
      [context, first],
      [otherContext, second],
    ] as const) {
      target.fillStyle = '#000';
      target.fillRect(0, 0, width, height);
      drawPicture(target, picture, sight);
    }
    context.globalCompositeOperation = 'difference';
    context.drawImage(other, 0, 0);
    context.globalCompositeOperation = 'lighter';
    for (let doubled = 1; doubled < gain; doubled *= 2) context.drawImage(context.canvas, 0, 0);
    context.globalCompositeOperation = 'source-over';
  },
};

export const difference = {
  mode: 'difference',
  title: 'Difference',
  hint: 'where two pictures differ, amplified',
  key: 'd',
  params,
  render(stage) {
    if (stage.pair === null) return html``;
    const [first, second] = stage.pair;
    const { gain } = stage.view;
    const say = stageWords();
    const label = say.differenceOf(cardName(first), cardName(second), gain);
    const choose = (which: 'first' | 'second', card: typeof first) => html`
      <figure data-pane=${card.key} data-phase=${card.phase}>
        <div class="pair">${stage.chooser(which, which === 'first' ? 'A' : 'B')}</div>
        ${stage.screen(html`${stage.picture(card)}${stage.zoomChip(card)}`, card, paneOverlay(card, stage.act))}
        <div class="under">${paneTime(card)}${paneFootnote(card)}</div>
      </figure>`;
    return html`<div class="stage">
      ${choose('first', first)}${choose('second', second)}
      <figure data-pane="difference">
        <div class="pair"><strong class="title">${say.difference(gain)}</strong></div>
        ${stage.screen(stage.painted(stage.pair, label, { painter: DIFFERENCE, settings: { gain } }), second, nothing)}
        <div class="under"><p class="footnote">${say.differenceNote(gain)}</p></div>
      </figure>
    </div>`;
  },
  controls: ({ view, change }) =>
    choiceControl(
      stageWords().amplify,
      params.gain,
      view.gain,
      (gain) => `× ${gain}`,
      (gain) => change({ gain }),
    ),
  figure: ({ pair, view: { gain } }) => [
    ...pair.map((card) => cardPart(card)),
    paintedPart(stageWords().difference(gain), stageWords().differenceFigure, pair, {
      painter: DIFFERENCE,
      settings: { gain },
    }),
  ],
} as const satisfies View<Own>;
