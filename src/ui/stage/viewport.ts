/** Which part of the picture is looked at: the point in the middle (0..1 of each side), and how much larger than "all of it fits". */
export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly magnification: number;
}

/** A pane in device pixels and the 1x picture's size, which every pane of a comparison shares. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly baseWidth: number;
  readonly baseHeight: number;
}

/** Where the picture lies in the pane, in device pixels; `scale` is device pixels per pixel of the 1x picture. */
export interface Placement {
  readonly left: number;
  readonly top: number;
  readonly scale: number;
}

/** Asks for the detail: a magnification that is found only where the pane's size is known. */
export const ON_DETAIL = 0;

/** A detail is at least so much larger than fitting, or it would be no detail. */
export const LEAST_DETAIL = 2;

/**
 * What `view` shows in `frame`. On a detail: `focus` in the middle, a pixel of the 2x picture on a CSS pixel (`density` device
 * pixels), and twice as near as fitting at the least.
 */
export function resolveView(
  view: Viewport,
  frame: Frame,
  focus: { readonly x: number; readonly y: number },
  density: number,
): Viewport {
  if (view.magnification !== ON_DETAIL) return view;
  const magnification = Math.max(LEAST_DETAIL, magnificationFor(frame, 2, density));
  return clampView({ ...focus, magnification }, frame);
}

/** True where panning would show more of the picture. */
export function isCut(view: Viewport, frame: Frame): boolean {
  const scale = fitScale(frame) * view.magnification;
  return frame.baseWidth * scale > frame.width + 1 || frame.baseHeight * scale > frame.height + 1;
}

/** The part of the picture that is seen, 0..1 of each side. */
export function seenPart(
  view: Viewport,
  frame: Frame,
): { left: number; top: number; width: number; height: number } {
  const scale = fitScale(frame) * view.magnification;
  const width = Math.min(1, frame.width / (frame.baseWidth * scale));
  const height = Math.min(1, frame.height / (frame.baseHeight * scale));
  const inside = (middle: number, size: number) => Math.min(Math.max(middle - size / 2, 0), 1 - size);
  return { left: inside(view.x, width), top: inside(view.y, height), width, height };
}

export const FIT: Viewport = { x: 0.5, y: 0.5, magnification: 1 };

/** Device pixels per 1x pixel beyond which nothing new is seen. */
const MAX_SCALE = 64;

export const fitScale = (frame: Frame): number =>
  Math.min(frame.width / frame.baseWidth, frame.height / frame.baseHeight);

/** Whole device pixels for the corner, so that pixels of the picture meet pixels of the screen at 100 %. */
export function placement(view: Viewport, frame: Frame): Placement {
  const scale = fitScale(frame) * view.magnification;
  return {
    left: Math.round(frame.width / 2 - view.x * frame.baseWidth * scale),
    top: Math.round(frame.height / 2 - view.y * frame.baseHeight * scale),
    scale,
  };
}

/**
 * Never smaller than fitting, or than the 1x picture's own pixels where those are smaller; never larger than 64 device pixels
 * a pixel; and no empty margin that panning could fill.
 */
export function clampView(view: Viewport, frame: Frame): Viewport {
  const fit = fitScale(frame);
  const least = Math.min(1, 1 / fit);
  const magnification = Math.min(Math.max(view.magnification, least), Math.max(1, MAX_SCALE / fit));
  function clampAxis(centre: number, pane: number, base: number): number {
    const half = pane / 2 / (base * fit * magnification);
    return half >= 0.5 ? 0.5 : Math.min(Math.max(centre, half), 1 - half);
  }
  return {
    magnification,
    x: clampAxis(view.x, frame.width, frame.baseWidth),
    y: clampAxis(view.y, frame.height, frame.baseHeight),
  };
}

/** The picture follows a drag of `dx`, `dy` device pixels. */
export function panBy(view: Viewport, frame: Frame, dx: number, dy: number): Viewport {
  const scale = fitScale(frame) * view.magnification;
  return clampView(
    { ...view, x: view.x - dx / (frame.baseWidth * scale), y: view.y - dy / (frame.baseHeight * scale) },
    frame,
  );
}

/** The spot of the picture (0..1 of each side, unclamped) under a device pixel of the pane. */
export function spotAt(view: Viewport, frame: Frame, px: number, py: number): { x: number; y: number } {
  const { left, top, scale } = placement(view, frame);
  return { x: (px - left) / (frame.baseWidth * scale), y: (py - top) / (frame.baseHeight * scale) };
}

/** Zooms by `factor` and keeps what lies under the pane's pixel (`px`, `py`) where it is, as far as the edges allow. */
export function zoomAt(view: Viewport, frame: Frame, factor: number, px: number, py: number): Viewport {
  const spot = spotAt(view, frame, px, py);
  const { magnification } = clampView({ ...view, magnification: view.magnification * factor }, frame);
  const scale = fitScale(frame) * magnification;
  return clampView(
    {
      magnification,
      x: spot.x - (px - frame.width / 2) / (frame.baseWidth * scale),
      y: spot.y - (py - frame.height / 2) / (frame.baseHeight * scale),
    },
    frame,
  );
}

/** Zoom of a picture `factor` times the 1x one, relative to its own pixels: 1 is one pixel on one device pixel. */
export const ownZoom = (view: Viewport, frame: Frame, factor: number): number =>
  (fitScale(frame) * view.magnification) / factor;

/** The magnification at which a picture `factor` times the 1x one shows its own pixels at `zoom`. */
export const magnificationFor = (frame: Frame, factor: number, zoom: number): number =>
  (zoom * factor) / fitScale(frame);
