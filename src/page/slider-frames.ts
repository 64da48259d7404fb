import type { FigureInput } from '../ui/stage/compose-figure.ts';
import { clampView } from '../ui/stage/viewport.ts';
import { viewOf } from '../ui/stage/views/index.ts';
import { chosenPair } from '../ui/stage/views/shared-params.ts';

/** Longest side of a film in pixels: fit for a page or a message. */
const LONGEST = 1024;

/** A canvas on which the slider's pair is drawn, with the line at a place from 0 to 1; what is seen is what the page shows. */
export function figureView(input: Omit<FigureInput, 'aspect' | 'credit'>): {
  readonly canvas: HTMLCanvasElement;
  draw(wipe: number): void;
} {
  const { cards, view, baseWidth, baseHeight, focusSpot } = input;
  const pair = chosenPair(view, cards);
  if (pair === null || pair.some(({ drawing }) => drawing === null)) {
    throw new Error('one of the two pictures is not computed yet');
  }
  const scale = LONGEST / Math.max(baseWidth, baseHeight);
  // Encoders want even sides.
  const even = (side: number): number => Math.max(2, Math.round((side * scale) / 2) * 2);
  const canvas = document.createElement('canvas');
  canvas.width = even(baseWidth);
  canvas.height = even(baseHeight);
  const context = canvas.getContext('2d', { alpha: false });
  if (context === null) throw new Error('this browser gives no canvas to draw on');
  const frame = { width: canvas.width, height: canvas.height, baseWidth, baseHeight };
  const sight = { where: clampView(input.where, frame), frame, isSmooth: view.isSmooth, density: 1 };
  const names = pair.map(({ title, scale: factor }) => `${title} ${factor}`);
  return {
    canvas,
    draw(wipe) {
      context.fillStyle = '#e9e8e4';
      context.fillRect(0, 0, canvas.width, canvas.height);
      viewOf('slider')
        .figure({ cards, pair, focusSpot, view: { ...view, wipe } })[0]
        ?.draw(context as never, sight);
      label(context, names[0] ?? '', 16, 'left');
      label(context, names[1] ?? '', canvas.width - 16, 'right');
    },
  };
}

function label(context: CanvasRenderingContext2D, text: string, x: number, align: CanvasTextAlign): void {
  context.save();
  context.font = '600 22px system-ui, sans-serif';
  context.textAlign = align;
  const width = context.measureText(text).width + 20;
  context.fillStyle = 'rgb(0 0 0 / 60%)';
  context.fillRect(align === 'left' ? x - 10 : x - width + 10, 12, width, 36);
  context.fillStyle = '#fff';
  context.fillText(text, x, 38);
  context.restore();
}
