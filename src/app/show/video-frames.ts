import type { Family } from '../../core/families/family.ts';
import { familyById } from '../../core/families/index.ts';
import type { Override } from '../../core/latent/reading.ts';
import { chosenFor } from '../models/models.ts';
import type { AppState, Item, LatentSource } from '../state/state.ts';

/** A video as its scrubber counts it: its latent's frames, or, with a decoder, the pictures that these become. */
export interface VideoFrames {
  readonly index: number;
  readonly count: number;
  /** Pictures of one latent frame; the first gives one. */
  readonly perFrame: number;
}

/** Null for all but videos. */
export function videoFrames(state: AppState, { source }: Item): VideoFrames | null {
  if (source.kind !== 'latent' || source.reading.frames < 2) return null;
  const { family: id, frames, layout } = source.reading;
  const family: Family = familyById(id);
  const perFrame = chosenFor(state, id, 'decoder') === null ? 1 : (family.picturesPerFrame ?? 1);
  const moment = Math.min(source.override.moment ?? perFrame - 1, perFrame - 1);
  return {
    index: placeOf(layout.frame, moment, perFrame),
    count: (frames - 1) * perFrame + 1,
    perFrame,
  };
}

/** The scrubber's place of a latent frame's picture: the first frame gives one, each other `perFrame`. */
const placeOf = (frame: number, moment: number, perFrame: number): number =>
  frame === 0 ? 0 : (frame - 1) * perFrame + 1 + moment;

/** Which frame of the latent, and which of its pictures, the scrubber's place `index` is. */
export const frameAt = ({ perFrame }: VideoFrames, index: number): Pick<Override, 'frame' | 'moment'> => ({
  frame: Math.ceil(index / perFrame),
  ...(perFrame > 1 && { moment: index === 0 ? perFrame - 1 : (index - 1) % perFrame }),
});

/** The number of a video's picture from 1, for names of files. */
export function pictureNumber({ reading, override }: LatentSource): number {
  const { frame } = reading.layout;
  const family: Family = familyById(reading.family);
  if (override.moment === undefined) return frame + 1;
  return placeOf(frame, override.moment, family.picturesPerFrame ?? 1) + 1;
}
