import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clampView,
  FIT,
  type Frame,
  fitScale,
  magnificationFor,
  ownZoom,
  panBy,
  placement,
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
