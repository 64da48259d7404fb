import { hasLayers } from '../../core/latent/axes.ts';
import type { Override } from '../../core/latent/reading.ts';
import {
  pictureAt,
  pictureCount,
  picturesPerFrame,
  frameAt as placeAt,
} from '../../core/latent/video-place.ts';
import { chosenFor } from '../models/models.ts';
import type { AppState, Item, LatentSource } from '../state/state.ts';

/** A video as its scrubber counts it: its latent's frames, or, with a decoder, the pictures that these become. */
export interface VideoFrames {
  readonly index: number;
  readonly count: number;
  /** Pictures of one latent frame; the first gives one. */
  readonly perFrame: number;
  /** They are layers of one picture. */
  readonly areLayers: boolean;
}

/** Null for all but videos and pictures in layers. */
export function videoFrames(state: AppState, { source }: Item): VideoFrames | null {
  if (source.kind !== 'latent' || source.reading.frames < 2) return null;
  const { reading, override } = source;
  const perFrame = chosenFor(state, reading.family, 'decoder') === null ? 1 : picturesPerFrame(reading);
  const moment = Math.min(override.moment ?? perFrame - 1, perFrame - 1);
  return {
    index: pictureAt(reading.layout.frame, moment, perFrame),
    count: pictureCount(reading, perFrame),
    perFrame,
    areLayers: hasLayers(reading.layout.axes),
  };
}

/** Which frame of the latent, and which of its pictures, the scrubber's place `index` is. */
export const frameAt = ({ perFrame }: VideoFrames, index: number): Pick<Override, 'frame' | 'moment'> =>
  placeAt(perFrame, index);

/** The number of a video's picture from 1, for names of files. */
export function pictureNumber({ reading, override }: LatentSource): number {
  const { frame } = reading.layout;
  const perFrame = picturesPerFrame(reading);
  if (override.moment === undefined || perFrame === 1) return frame + 1;
  return pictureAt(frame, override.moment, perFrame) + 1;
}
