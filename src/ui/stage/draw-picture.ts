import { levelFor, type Pyramid } from './pyramid.ts';
import { type Frame, type Placement, placement, type View } from './viewport.ts';

export type Canvas2d = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** A rectangle of the canvas, in device pixels. */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Draws what `region` sees of a picture laid out by `place`; only the visible part is touched. */
export function drawPlaced(
  context: Canvas2d,
  pyramid: Pyramid,
  place: Placement,
  frame: Frame,
  region: Region,
  isSmooth: boolean,
): void {
  const full = pyramid.levels[0];
  if (full === undefined || full.width === 0) return;
  const zoom = (place.scale * frame.baseWidth) / full.width;
  const level = pyramid.levels[levelFor(pyramid.levels.length, zoom)] ?? full;
  const stepX = (frame.baseWidth * place.scale) / level.width;
  const stepY = (frame.baseHeight * place.scale) / level.height;
  const x0 = Math.max(0, Math.floor((region.x - place.left) / stepX));
  const y0 = Math.max(0, Math.floor((region.y - place.top) / stepY));
  const x1 = Math.min(level.width, Math.ceil((region.x + region.width - place.left) / stepX));
  const y1 = Math.min(level.height, Math.ceil((region.y + region.height - place.top) / stepY));
  if (x1 <= x0 || y1 <= y0) return;
  // Reduction is always smoothed: nearest-neighbour reduction would show moire, not pixels.
  context.imageSmoothingEnabled = isSmooth || zoom < 1;
  context.imageSmoothingQuality = zoom < 1 ? 'medium' : 'high';
  context.drawImage(
    level,
    x0,
    y0,
    x1 - x0,
    y1 - y0,
    place.left + x0 * stepX,
    place.top + y0 * stepY,
    (x1 - x0) * stepX,
    (y1 - y0) * stepY,
  );
}

/** Draws a picture as `view` shows it in the whole of `frame`. */
export function drawPicture(
  context: Canvas2d,
  pyramid: Pyramid,
  view: View,
  frame: Frame,
  isSmooth: boolean,
): void {
  const region = { x: 0, y: 0, width: frame.width, height: frame.height };
  drawPlaced(context, pyramid, placement(view, frame), frame, region, isSmooth);
}

/**
 * The absolute difference of two pictures times `gain` (a power of two), both as the screen shows them. Each is drawn alike on
 * black first, so that a picture differs from itself by nothing; then difference compositing, then the canvas is added to
 * itself once for each doubling.
 */
export function drawDifference(
  context: Canvas2d,
  pictures: readonly [Pyramid, Pyramid],
  view: View,
  frame: Frame,
  options: { readonly isSmooth: boolean; readonly gain: number },
): void {
  const other = new OffscreenCanvas(frame.width, frame.height);
  const otherContext = other.getContext('2d');
  if (otherContext === null) return;
  for (const [target, picture] of [
    [context, pictures[0]],
    [otherContext, pictures[1]],
  ] as const) {
    target.fillStyle = '#000';
    target.fillRect(0, 0, frame.width, frame.height);
    drawPicture(target, picture, view, frame, options.isSmooth);
  }
  context.globalCompositeOperation = 'difference';
  context.drawImage(other, 0, 0);
  context.globalCompositeOperation = 'lighter';
  for (let doubled = 1; doubled < options.gain; doubled *= 2) context.drawImage(context.canvas, 0, 0);
  context.globalCompositeOperation = 'source-over';
}

/** A round magnifier over `spot` (0..1 of each side) that shows the picture `lens.power` times larger than around it. */
export function drawLens(
  context: Canvas2d,
  pyramid: Pyramid,
  view: View,
  frame: Frame,
  lens: { readonly x: number; readonly y: number; readonly power: number; readonly radius: number },
  isSmooth: boolean,
): void {
  const place = placement(view, frame);
  const centreX = place.left + lens.x * frame.baseWidth * place.scale;
  const centreY = place.top + lens.y * frame.baseHeight * place.scale;
  const scale = place.scale * lens.power;
  const inner: Placement = {
    scale,
    left: Math.round(centreX - lens.x * frame.baseWidth * scale),
    top: Math.round(centreY - lens.y * frame.baseHeight * scale),
  };
  const box = {
    x: centreX - lens.radius,
    y: centreY - lens.radius,
    width: 2 * lens.radius,
    height: 2 * lens.radius,
  };
  context.save();
  context.beginPath();
  context.arc(centreX, centreY, lens.radius, 0, 2 * Math.PI);
  context.clip();
  context.fillStyle = '#000';
  context.fillRect(box.x, box.y, box.width, box.height);
  drawPlaced(context, pyramid, inner, frame, box, isSmooth);
  context.restore();
  for (const [width, colour] of [
    [5, 'rgb(0 0 0 / 45%)'],
    [2.5, '#fff'],
  ] as const) {
    context.beginPath();
    context.arc(centreX, centreY, lens.radius, 0, 2 * Math.PI);
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.stroke();
  }
}
