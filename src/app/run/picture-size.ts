import type { Backend } from '../../contract/engine.ts';
import type { PictureSettings } from '../state/state.ts';

/** Cells of the built-in encoder are 8 pixels; a picture is cut to whole ones. */
const CELL = 8;
/** Longest side of an original to compare with: its metrics need 12 bytes a pixel several times over. */
const MAX_REFERENCE_SIDE = 2048;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Longest side in pixels that is encoded unasked: the 4x picture of 1024 is 16 megapixels, which a CPU makes in minutes. */
export const bearableSide = (backend: Backend | null): number => (backend === 'webgpu' ? 1024 : 512);

/** By how much a picture is reduced before it is encoded, 1 where it keeps its own pixels. */
function shrinkOf(picture: Size, { referenceFactor, longestSide }: PictureSettings): number {
  const limit =
    referenceFactor === null ? longestSide : Math.min(longestSide * referenceFactor, MAX_REFERENCE_SIDE);
  return Math.min(1, limit / Math.max(picture.width, picture.height));
}

/** Never enlarged; sides are whole cells also after the reduction; at least one cell. */
export function originalSize(picture: Size, settings: PictureSettings): Size {
  const unit = CELL * (settings.referenceFactor ?? 1);
  const shrink = shrinkOf(picture, settings);
  const wholeCells = (side: number): number => Math.max(unit, Math.floor((side * shrink) / unit) * unit);
  return { width: wholeCells(picture.width), height: wholeCells(picture.height) };
}

export const isReduced = (picture: Size, settings: PictureSettings): boolean =>
  shrinkOf(picture, settings) < 1;

/**
 * By how much a picture is scaled to cover its `originalSize`. One that is not reduced is cut to whole cells at its own pixels:
 * resampled by a hair, all of it would be softer.
 */
export function coverScale(picture: Size, settings: PictureSettings): number {
  const size = originalSize(picture, settings);
  const scale = Math.max(size.width / picture.width, size.height / picture.height);
  return isReduced(picture, settings) ? scale : Math.max(scale, 1);
}
