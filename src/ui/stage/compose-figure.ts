import { formatMs } from '../../app/show/figures.ts';
import type { PaneCard } from '../../app/show/pane-cards.ts';
import { pairOf, type ViewState } from '../../app/state/view-state.ts';
import { type Canvas2d, drawDifference, drawLens, drawPicture } from './draw-picture.ts';
import type { Pyramid } from './pyramid.ts';
import { clampView, type Frame } from './viewport.ts';

/** Sizes of a figure in pixels: wide enough for a slide with three pictures. */
export const FIGURE = { side: 800, gap: 24, margin: 32, caption: 92, credit: 40 } as const;

/** Size of the figure of `count` pictures whose panes have `aspect` (width by height). */
export function figureSize(count: number, aspect: number): { width: number; height: number } {
  const { side, gap, margin, caption, credit } = FIGURE;
  return {
    width: 2 * margin + count * side + (count - 1) * gap,
    height: 2 * margin + caption + Math.round(side / aspect) + credit,
  };
}

export interface FigureInput {
  readonly cards: readonly PaneCard[];
  readonly view: ViewState;
  readonly baseWidth: number;
  readonly baseHeight: number;
  /** Width by height of the panes on the screen, so that the figure shows what they show. */
  readonly aspect: number;
  readonly credit: string;
}

/** The visible pictures with captions (method, size, time) on white, as one PNG fit for a slide or a paper. */
export async function composeFigure(input: FigureInput): Promise<Blob> {
  const { side, gap, margin, caption } = FIGURE;
  const parts = partsOf(input);
  const size = figureSize(parts.length, input.aspect);
  const canvas = new OffscreenCanvas(size.width, size.height);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('this browser gives no canvas to draw on');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, size.width, size.height);
  const frame: Frame = {
    width: side,
    height: Math.round(side / input.aspect),
    baseWidth: input.baseWidth,
    baseHeight: input.baseHeight,
  };
  parts.forEach((part, index) => {
    const left = margin + index * (side + gap);
    drawCaption(context, part.title, part.detail, left, margin);
    const picture = new OffscreenCanvas(frame.width, frame.height);
    const inner = picture.getContext('2d');
    if (inner === null) return;
    inner.fillStyle = '#e9e8e4';
    inner.fillRect(0, 0, frame.width, frame.height);
    part.draw(inner, frame);
    context.drawImage(picture, left, margin + caption);
  });
  text(context, input.credit, margin, size.height - margin, { size: 20, weight: 400, colour: '#5b6069' });
  return canvas.convertToBlob({ type: 'image/png' });
}

interface Part {
  readonly title: string;
  readonly detail: string;
  readonly draw: (context: Canvas2d, frame: Frame) => void;
}

function partsOf({ cards, view }: FigureInput): Part[] {
  const keys = cards.map((card) => card.key);
  const pair = pairOf(view, keys);
  const first = cards.find((card) => card.key === pair.first);
  const second = cards.find((card) => card.key === pair.second);
  if (view.mode === 'side' || view.mode === 'lens' || first === undefined || second === undefined) {
    return cards.map((card) => plainPart(card, view));
  }
  if (view.mode === 'difference') {
    const both: Part = {
      title: `Difference × ${view.gain}`,
      detail: '|A − B| per channel, amplified',
      draw: (context, frame) => {
        const pictures = [pyramidOf(first), pyramidOf(second)] as const;
        drawDifference(context, pictures, clampView(view, frame), frame, {
          isSmooth: view.isSmooth,
          gain: view.gain,
        });
      },
    };
    return [plainPart(first, view), plainPart(second, view), both];
  }
  return [wipePart(first, second, view)];
}

const plainPart = (card: PaneCard, view: ViewState): Part => ({
  title: nameOf(card),
  detail: detailOf(card),
  draw(context, frame) {
    const where = clampView(view, frame);
    drawPicture(context, pyramidOf(card), where, frame, view.isSmooth);
    if (view.mode !== 'lens') return;
    const lens = { x: view.lensX, y: view.lensY, power: view.lensPower, radius: frame.height * 0.24 };
    drawLens(context, pyramidOf(card), where, frame, lens, view.isSmooth);
  },
});

const wipePart = (first: PaneCard, second: PaneCard, view: ViewState): Part => ({
  title: `${nameOf(first)}  |  ${nameOf(second)}`,
  detail: `${detailOf(first)}  |  ${detailOf(second)}`,
  draw(context, frame) {
    const where = clampView(view, frame);
    const edge = Math.round(view.wipe * frame.width);
    drawPicture(context, pyramidOf(first), where, frame, view.isSmooth);
    context.save();
    context.beginPath();
    context.rect(edge, 0, frame.width - edge, frame.height);
    context.clip();
    drawPicture(context, pyramidOf(second), where, frame, view.isSmooth);
    context.restore();
    context.fillStyle = '#fff';
    context.fillRect(edge - 1, 0, 2, frame.height);
  },
});

const pyramidOf = (card: PaneCard): Pyramid => ({
  levels: card.drawing === null ? [] : [card.drawing.bitmap],
});

const nameOf = (card: PaneCard): string => `${card.title} ${card.scale}`;

function detailOf(card: PaneCard): string {
  const figures = card.warm ?? card.cold;
  const size = `${card.width} × ${card.height} px`;
  const time = figures === null ? [] : [`${formatMs(figures.totalMs)} ${figures.run}`];
  return [size, ...time, ...(card.quality === null ? [] : [card.quality])].join(' · ');
}

function drawCaption(context: Canvas2d, title: string, detail: string, left: number, top: number): void {
  text(context, title, left, top + 34, { size: 34, weight: 650, colour: '#15181b' });
  text(context, detail, left, top + 70, { size: 22, weight: 400, colour: '#5b6069' });
}

function text(
  context: Canvas2d,
  words: string,
  left: number,
  baseline: number,
  style: { readonly size: number; readonly weight: number; readonly colour: string },
): void {
  context.font = `${style.weight} ${style.size}px system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif`;
  context.fillStyle = style.colour;
  context.fillText(words, left, baseline);
}
