/**
 * The meaning of each axis, slowest first: b item, t frame, l layer of one picture, c channel, h row, w column, n token (row-major cells of a grid).
 * The forms with w before h occur by mistake only; a person or the decode-encode cycle may choose them.
 */
export const AXES = [
  'chw',
  'bchw',
  'hwc',
  'bhwc',
  'cthw',
  'bcthw',
  'bclhw',
  'btchw',
  'bthwc',
  'nc',
  'bnc',
  'cwh',
  'bcwh',
] as const;
export type Axes = (typeof AXES)[number];

/** Whether what lies where a video has its frames are layers of one picture, each a latent by itself. */
export const hasLayers = (axes: Axes): boolean => axes.includes('l');

/** The size of an axis; 1 where there is none. */
export function sizeOf(shape: readonly number[], axes: Axes, axis: string): number {
  const at = axes.indexOf(axis);
  return at < 0 ? 1 : (shape[at] as number);
}

/** Items, frames (or layers), channels as stored (before any un-patchifying) and tokens (0 without a token axis) of a shape. */
export function countsOf(
  shape: readonly number[],
  axes: Axes,
): { items: number; frames: number; channels: number; tokens: number } {
  return {
    items: sizeOf(shape, axes, 'b'),
    frames: sizeOf(shape, axes, 't') * sizeOf(shape, axes, 'l'),
    channels: sizeOf(shape, axes, 'c'),
    tokens: axes.includes('n') ? sizeOf(shape, axes, 'n') : 0,
  };
}
