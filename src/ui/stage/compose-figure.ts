import type { PaneCard } from '../../app/show/pane-cards.ts';
import type { Canvas2d, Sight } from './draw-picture.ts';
import { clampView, type Frame, type Viewport } from './viewport.ts';
import { type ViewState, viewOf } from './views/index.ts';
import { chosenPair } from './views/shared-params.ts';

/** Sizes of a figure in pixels: wide enough for a slide with three pictures. */
export const FIGURE = { side: 800, gap: 24, margin: 32, caption: 92, credit: 40 } as const;

/** CSS pixels that a pane is taken to be high, so that a lens is as large in a figure as on a screen. */
const PANE_HEIGHT = 400;

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
  /** The part that the screen shows. */
  readonly where: Viewport;
  readonly focusSpot: { readonly x: number; readonly y: number };
  readonly baseWidth: number;
  readonly baseHeight: number;
  /** Width by height of the panes on the screen, so that the figure shows what they show. */
  readonly aspect: number;
  readonly credit: string;
}

/** The visible pictures with captions (method, size, time) on white, as one PNG fit for a slide or a paper. */
export async function composeFigure(input: FigureInput): Promise<Blob> {
  const { side, gap, margin, caption } = FIGURE;
  const { cards, view } = input;
  const pair = chosenPair(view, cards);
  const parts =
    pair === null ? [] : viewOf(view.mode).figure({ cards, pair, view, focusSpot: input.focusSpot });
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
  const sight: Sight = {
    where: clampView(input.where, frame),
    frame,
    isSmooth: view.isSmooth,
    density: frame.height / PANE_HEIGHT,
  };
  parts.forEach((part, index) => {
    const left = margin + index * (side + gap);
    drawCaption(context, part.title, part.detail, left, margin);
    const picture = new OffscreenCanvas(frame.width, frame.height);
    const inner = picture.getContext('2d');
    if (inner === null) return;
    inner.fillStyle = '#e9e8e4';
    inner.fillRect(0, 0, frame.width, frame.height);
    part.draw(inner, sight);
    context.drawImage(picture, left, margin + caption);
  });
  text(context, input.credit, margin, size.height - margin, { size: 20, weight: 400, colour: '#5b6069' });
  return canvas.convertToBlob({ type: 'image/png' });
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
