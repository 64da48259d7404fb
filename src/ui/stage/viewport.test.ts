import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clampView,
  FIT,
  type Frame,
  fitScale,
  isCut,
  magnificationFor,
  ON_DETAIL,
  ownZoom,
  panBy,
  placement,
  resolveView,
  seenPart,
  spotAt,
  zoomAt,
} from './viewport.ts';

const frame: Frame = { width: 400, height: 400, baseWidth: 256, baseHeight: 128 };

describe('the viewport', () => {
  it('shows the whole picture in the middle when nothing is zoomed', () => {
    const { left, top, scale } = placement(FIT, frame);
    expect(scale).toBeCloseTo(400 / 256);
    expect(left).toBe(0);
    expect(top).toBe((400 - 128 * scale) / 2);
  });

  it('keeps the spot under the pointer where it is while zooming', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1.5, max: 8, noNaN: true }),
        fc.integer({ min: 150, max: 250 }),
        fc.integer({ min: 190, max: 210 }),
        (factor, px, py) => {
          const start = clampView({ x: 0.5, y: 0.5, magnification: 4 }, frame);
          const before = spotAt(start, frame, px, py);
          const after = spotAt(zoomAt(start, frame, factor, px, py), frame, px, py);
          // Corners are rounded to whole device pixels: at most one pixel of drift.
          const pixel = 1 / (256 * fitScale(frame) * 4);
          expect(Math.abs(after.x - before.x)).toBeLessThan(1.1 * pixel);
          expect(Math.abs(after.y - before.y)).toBeLessThan(2.1 * pixel);
        },
      ),
    );
  });

  it('never leaves a margin that panning could fill', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -5000, max: 5000 }),
        fc.integer({ min: -5000, max: 5000 }),
        fc.double({ min: 2, max: 30, noNaN: true }),
        (dx, dy, magnification) => {
          const start = clampView({ x: 0.5, y: 0.5, magnification }, frame);
          const { left, top, scale } = placement(panBy(start, frame, dx, dy), frame);
          expect(left).toBeLessThanOrEqual(0);
          expect(left + 256 * scale).toBeGreaterThanOrEqual(399);
          if (128 * scale > 400) expect(top).toBeLessThanOrEqual(0);
        },
      ),
    );
  });

  it('moves the picture by exactly the dragged pixels', () => {
    const start = clampView({ x: 0.5, y: 0.5, magnification: 4 }, frame);
    const moved = panBy(start, frame, 37, -12);
    expect(placement(moved, frame).left - placement(start, frame).left).toBe(37);
    expect(placement(moved, frame).top - placement(start, frame).top).toBe(-12);
  });

  it('tells each zoom relative to the pane’s own pixels', () => {
    const magnification = magnificationFor(frame, 4, 1);
    const view = { ...FIT, magnification };
    expect(ownZoom(view, frame, 4)).toBeCloseTo(1);
    expect(ownZoom(view, frame, 1)).toBeCloseTo(4);
  });

  it('zooms out to fitting, or to own pixels where those are smaller, and in not without end', () => {
    const large = { ...frame, baseWidth: 1024, baseHeight: 512 };
    expect(clampView({ ...FIT, magnification: 0.01 }, large).magnification).toBe(1);
    expect(clampView({ ...FIT, magnification: 0.01 }, frame).magnification * fitScale(frame)).toBeCloseTo(1);
    expect(clampView({ ...FIT, magnification: 1e9 }, frame).magnification * fitScale(frame)).toBeCloseTo(64);
  });
});

describe('a detail', () => {
  const focus = { x: 0.3, y: 0.6 };
  const detail = { x: 0.5, y: 0.5, magnification: ON_DETAIL };
  const large: Frame = { width: 400, height: 400, baseWidth: 512, baseHeight: 512 };

  it('shows a pixel of the 2x picture on a CSS pixel, around the focus', () => {
    const view = resolveView(detail, large, focus, 1);
    expect(ownZoom(view, large, 2)).toBeCloseTo(1);
    expect([view.x, view.y]).toEqual([0.3, 0.6]);
    expect(ownZoom(resolveView(detail, large, focus, 3), large, 2)).toBeCloseTo(3);
  });

  it('is twice as near as fitting where the picture is small, and never leaves the picture', () => {
    const small: Frame = { width: 900, height: 600, baseWidth: 256, baseHeight: 256 };
    expect(resolveView(detail, small, { x: 0, y: 1 }, 1)).toEqual({ magnification: 2, x: 0.375, y: 0.75 });
  });

  it('gives way to what was chosen', () => {
    const chosen = { x: 0.1, y: 0.2, magnification: 3 };
    expect(resolveView(chosen, large, focus, 1)).toBe(chosen);
  });
});

describe('the part that is seen', () => {
  it('is the whole where all of it fits, and the rectangle of the pane where it does not', () => {
    const frame: Frame = { width: 300, height: 200, baseWidth: 100, baseHeight: 100 };
    expect(seenPart(FIT, frame)).toEqual({ left: 0, top: 0, width: 1, height: 1 });
    expect(isCut(FIT, frame)).toBe(false);
    const near = { x: 0.5, y: 0.25, magnification: 4 };
    expect(seenPart(near, frame)).toEqual({ left: 0.3125, top: 0.125, width: 0.375, height: 0.25 });
    expect(isCut(near, frame)).toBe(true);
  });
});
