import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { AppError } from '../../core/errors.ts';
import type { Override } from '../../core/latent/reading.ts';
import { frameAt, pictureCount, picturesPerFrame } from '../../core/latent/video-place.ts';
import { type OpenedFile, type OpenedLatent, openFile } from '../../core/open-file.ts';
import type { CliOptions } from './cli-options.ts';

const overrideOf = ({ family, space, areLayers }: CliOptions): Override => ({
  ...(family && { family }),
  ...(space && { space }),
  ...(areLayers && { axes: 'bclhw' }),
});

/** Pictures that a decoder makes of a frame; every other command goes by the latent's own frames. */
const perFrameOf = ({ reading }: OpenedLatent, { command }: CliOptions): number =>
  command === 'decode' ? picturesPerFrame(reading) : 1;

/** A file as the options read it, a video at the frame that they name. Throws latent/shape where there is none such, file/*, latent/*. */
export function openAtFrame(bytes: Uint8Array, path: string, options: CliOptions): OpenedFile {
  const override = overrideOf(options);
  const opened = openFile(bytes, basename(path), override);
  const { frame } = options;
  if (opened.kind !== 'latent' || typeof frame !== 'number') return opened;
  const perFrame = perFrameOf(opened, options);
  const count = pictureCount(opened.reading, perFrame);
  if (frame > count) {
    throw new AppError(
      'latent/shape',
      `${path} has ${count} ${perFrame > 1 ? 'pictures' : 'frames'}, and --frame ${frame} was asked for. Choose one from 1 to ${count}.`,
    );
  }
  const { family, space } = opened.latent;
  return openFile(bytes, basename(path), { ...override, family, space, ...frameAt(perFrame, frame - 1) });
}

/** The numbers, from 1, of the pictures that are wanted of a file one by one; just one null where it is taken as it is. */
export function framesOf(path: string, options: CliOptions): readonly (number | null)[] {
  if (options.frame !== 'all') return [null];
  try {
    const opened = openFile(new Uint8Array(readFileSync(path)), basename(path), overrideOf(options));
    if (opened.kind !== 'latent') return [null];
    const count = pictureCount(opened.reading, perFrameOf(opened, options));
    return Array.from({ length: count }, (_, i) => i + 1);
  } catch {
    // What is wrong with it is told when its turn comes.
    return [null];
  }
}
