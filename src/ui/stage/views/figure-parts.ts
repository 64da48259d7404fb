import { formatMs } from '../../../app/show/figures.ts';
import type { PaneCard } from '../../../app/show/pane-cards.ts';
import { PLAIN } from '../draw-picture.ts';
import type { Pyramid } from '../pyramid.ts';
import type { FigurePart, Painting } from './view.ts';

const AS_IT_IS: Painting = { painter: PLAIN, settings: {} };

export const cardName = (card: PaneCard): string => `${card.title} ${card.scale}`;

/** Size, time and quality of a picture in one line. */
export function cardDetail(card: PaneCard): string {
  const figures = card.warm ?? card.cold;
  const size = `${card.width} × ${card.height} px`;
  const time = figures === null ? [] : [`${formatMs(figures.totalMs)} ${figures.run}`];
  return [size, ...time, ...(card.quality === null ? [] : [card.quality])].join(' · ');
}

/** A part that `painting` draws from cards; a card without a picture stays empty. */
export const paintedPart = (
  title: string,
  detail: string,
  cards: readonly PaneCard[],
  { painter, settings }: Painting,
): FigurePart => ({
  title,
  detail,
  draw: (context, sight) => painter.paint(context, cards.map(imageOf), sight, settings),
});

export const cardPart = (card: PaneCard, painting = AS_IT_IS): FigurePart =>
  paintedPart(cardName(card), cardDetail(card), [card], painting);

/** At its full size: a figure is drawn once, and finely. */
const imageOf = (card: PaneCard): Pyramid => ({
  levels: card.drawing === null ? [] : [card.drawing.bitmap],
});
