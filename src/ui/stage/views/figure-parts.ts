import { formatMs } from '../../../app/show/figures.ts';
import type { PaneCard } from '../../../app/show/pane-cards.ts';
import { stageWords } from '../../../words/stage.ts';
import { type Canvas2d, PLAIN, type Sight } from '../draw-picture.ts';
import type { Pyramid } from '../pyramid.ts';
import type { FigurePart, Painting } from './view.ts';

const AS_IT_IS: Painting = { painter: PLAIN, settings: {} };

export const cardName = (card: PaneCard): string => `${card.title} ${card.scale}`;

/** Size, time and quality of a picture in one line. */
export function cardDetail(card: PaneCard): string {
  const figures = card.warm ?? card.cold;
  const size = `${card.width} × ${card.height} px`;
  if (card.drawing === null) return `${size} · ${stageWords().notComputed}`;
  const time = figures === null ? [] : [`${formatMs(figures.totalMs)} ${stageWords().runs[figures.run]}`];
  return [size, ...time, ...(card.quality === null ? [] : [card.quality])].join(' · ');
}

/** A part that `painting` draws from cards; it says so where one of them has no picture, and shows nothing in its place. */
export const paintedPart = (
  title: string,
  detail: string,
  cards: readonly PaneCard[],
  { painter, settings }: Painting,
): FigurePart => ({
  title,
  detail,
  draw(context, sight) {
    const absent = cards.filter(({ drawing }) => drawing === null);
    if (absent.length === 0) painter.paint(context, cards.map(imageOf), sight, settings);
    else sayAbsent(context, absent, sight);
  },
});

function sayAbsent(context: Canvas2d, absent: readonly PaneCard[], { frame }: Sight): void {
  context.save();
  context.font = '400 26px system-ui, sans-serif';
  context.fillStyle = '#5b6069';
  context.textAlign = 'center';
  context.fillText(
    `${absent.map(cardName).join(', ')}: ${stageWords().notComputed}`,
    frame.width / 2,
    frame.height / 2,
  );
  context.restore();
}

export const cardPart = (card: PaneCard, painting = AS_IT_IS): FigurePart =>
  paintedPart(cardName(card), cardDetail(card), [card], painting);

/** At its full size: a figure is drawn once, and finely. */
const imageOf = (card: PaneCard): Pyramid => ({
  levels: card.drawing === null ? [] : [card.drawing.bitmap],
});
