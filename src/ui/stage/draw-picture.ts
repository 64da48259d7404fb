import { levelFor, type Pyramid } from './pyramid.ts';
import { type Frame, type Placement, placement, type Viewport } from './viewport.ts';

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

/** Which part of the pictures is shown on how many pixels; the same for every picture of a comparison. */
export interface Sight {
  readonly where: Viewport;
  readonly frame: Frame;
  readonly isSmooth: boolean;
  /** Device pixels per CSS pixel, for what has one size on every screen. */
  readonly density: number;
}

/** Draws a picture in the whole of the frame. */
export function drawPicture(context: Canvas2d, pyramid: Pyramid, { where, frame, isSmooth }: Sight): void {
  const region = { x: 0, y: 0, width: frame.width, height: frame.height };
  drawPlaced(context, pyramid, placement(where, frame), frame, region, isSmooth);
}

/**
 * How a view draws: a function of the module, never a closure, with what it depends on in `settings`, so that a picture is
 * drawn again only when something has changed. The pictures are those that the view named, in its order.
 */
export interface Painter<Settings> {
  paint(context: Canvas2d, pictures: readonly Pyramid[], sight: Sight, settings: Settings): void;
}

/** The first picture as it is. */
export const PLAIN: Painter<unknown> = {
  paint(context, [picture], sight) {
    if (picture !== undefined) drawPicture(context, picture, sight);
  },
};
