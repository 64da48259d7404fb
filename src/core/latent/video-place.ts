import type { Family } from '../families/family.ts';
import { familyById } from '../families/index.ts';
import { hasLayers } from './axes.ts';
import type { Override, Reading } from './reading.ts';

type Told = Pick<Reading, 'family' | 'frames' | 'layout'>;

/**
 * Pictures that a decoder makes of one latent frame, but for the first, which gives one: 1 where every frame is a picture by itself, as
 * layers are.
 */
export function picturesPerFrame({ family: id, layout }: Told): number {
  const family: Family = familyById(id);
  return hasLayers(layout.axes) ? 1 : (family.picturesPerFrame ?? 1);
}

/** How many pictures a video becomes at `perFrame` a frame. */
export const pictureCount = ({ frames }: Told, perFrame: number): number => (frames - 1) * perFrame + 1;

/** The place, from 0, of a latent frame's `moment`-th picture. */
export const pictureAt = (frame: number, moment: number, perFrame: number): number =>
  frame === 0 ? 0 : (frame - 1) * perFrame + 1 + moment;

/** Which frame of the latent, and which of its pictures, stands at the place `index`, from 0. */
export const frameAt = (perFrame: number, index: number): Pick<Override, 'frame' | 'moment'> => ({
  frame: Math.ceil(index / perFrame),
  ...(perFrame > 1 && { moment: index === 0 ? perFrame - 1 : (index - 1) % perFrame }),
});
