import type { Family } from '../families/family.ts';
import { FAMILIES, familiesOf, familyById, patchingFor } from '../families/index.ts';
import { AXES, type Axes, countsOf } from './axes.ts';
import { areCommonSides } from './common-sides.ts';
import type { FamilyId } from './latent.ts';

/** A reading of a shape: what each axis is, and whether its channels are 2x2 patches (4 times the family's channels). */
export interface ShapeReading {
  readonly axes: Axes;
  readonly isPatched: boolean;
}

/** Where both fit, the form earlier in this list is meant more often. Forms with w before h are never guessed. */
const GUESSED: readonly Axes[] = [
  'bchw',
  'chw',
  'nc',
  'bnc',
  'bhwc',
  'hwc',
  'cthw',
  'bcthw',
  'btchw',
  'bthwc',
];

/** Channel counts that programs also write behind the sides; 12, 48, 64 and 128 are too common as sides to be guessed there. */
const WRITTEN_LAST: readonly number[] = [4, 16, 24, 32];

function patchingOf(
  stored: number,
  frames: number,
  axes: Axes,
  family: FamilyId | null,
  writtenLast: readonly number[] = WRITTEN_LAST,
): boolean | null {
  const isTokens = axes.includes('n');
  // A single frame is a picture, as ComfyUI saves it, whoever else has such channels with frames.
  const isVideo = /[tl]/.test(axes) && frames > 1;
  if (family !== null) return patchingFor(stored, familyById(family));
  const all: readonly Family[] = FAMILIES;
  const isLast = axes.endsWith('c') && !isTokens;
  const fitting = all.filter(
    (one) =>
      (isVideo ? one.hasVideo : one.isVideoOnly !== true) && (!isLast || writtenLast.includes(one.channels)),
  );
  if (!isTokens && fitting.some(({ channels }) => channels === stored)) return false;
  const isPatched = fitting.some(
    ({ channels, packing }) =>
      stored === 4 * channels && (packing === 'tokens-or-planes' || (packing === 'tokens' && isTokens)),
  );
  return isPatched ? true : null;
}

function hasCommonSides(shape: readonly number[], axes: Axes): boolean {
  const size = (axis: string): number => shape[axes.indexOf(axis)] as number;
  if (axes.includes('n')) return size('n') >= 4;
  return areCommonSides(size('h'), size('w'));
}

/** Every way to read a shape as a latent of any sides, likeliest first. */
function readingsOf(
  shape: readonly number[],
  family: FamilyId | null,
  writtenLast?: readonly number[],
): readonly ShapeReading[] {
  return GUESSED.filter((axes) => axes.length === shape.length).flatMap((axes) => {
    const { channels, frames } = countsOf(shape, axes);
    const isPatched = patchingOf(channels, frames, axes, family, writtenLast);
    return isPatched === null ? [] : [{ axes, isPatched }];
  });
}

/** Channels before rows, as most programs write them: the only form believed of uncommon sides. */
const hasPlanes = ({ axes }: ShapeReading): boolean => /c.*h/.test(axes);

/**
 * Every way to read a shape as a latent, likeliest first; empty where there is none. A wanted family admits its own patching.
 * Uncommon sides (below 4 cells, longer than 16 to 1) are believed where channels
 * stand before rows in one way only.
 */
export function plausibleLayouts(
  shape: readonly number[],
  family: FamilyId | null = null,
): readonly ShapeReading[] {
  const all = readingsOf(shape, family);
  const common = all.filter(({ axes }) => hasCommonSides(shape, axes));
  if (common.length > 0) return common;
  const planar = all.filter(hasPlanes);
  return planar.length === 1 ? planar : [];
}

const ALL_COUNTS: readonly number[] = FAMILIES.map(({ channels }) => channels);

/** Further ways to read a shape, that are not guessed but may be meant: of any family, and with channels last that few programs write so. */
export const unlikelyLayouts = (
  shape: readonly number[],
  likely: readonly ShapeReading[],
): readonly ShapeReading[] =>
  readingsOf(shape, null, ALL_COUNTS).filter(
    ({ axes }) => hasCommonSides(shape, axes) && likely.every((reading) => reading.axes !== axes),
  );

/** True where only its sides keep a shape from being guessed: its channels may be on more than one axis. */
export const isDoubtedForItsSides = (shape: readonly number[], family: FamilyId | null = null): boolean =>
  plausibleLayouts(shape, family).length === 0 && readingsOf(shape, family).some(hasPlanes);

/** The chosen axes with the patching that their channels imply; null where the rank or the channels do not fit. */
export function readingFor(
  shape: readonly number[],
  axes: Axes,
  family: FamilyId | null,
): ShapeReading | null {
  if (!AXES.includes(axes) || axes.length !== shape.length) return null;
  const { channels, frames } = countsOf(shape, axes);
  const isPacked = FAMILIES.some((one) => patchingFor(channels, one) === true);
  const isPatched = patchingOf(channels, frames, axes, family) ?? (family === null && isPacked ? true : null);
  return isPatched === null ? null : { axes, isPatched };
}

/** Channel counts that others use, for a refusal that names them; a count that a family has is never one of them. */
const FOREIGN: Readonly<Record<number, string>> = {
  3: 'a picture or a pixel-space model (drop pictures as PNG, JPEG, WebP or AVIF)',
  768: 'a text encoder',
  1024: 'a text encoder',
  1280: 'a text encoder',
  2048: 'a text encoder',
  3584: 'a text encoder',
  4096: 'a text encoder',
};

/** Whom a shape that is no latent of ours belongs to, as " (48 channels belong to Wan 2.2 5B)", or "". */
export function foreignOwner(shape: readonly number[]): string {
  const axis = shape.length >= 4 ? 1 : 0;
  if (shape.length === 5 && shape[axis] === 32 && !familiesOf(32).some(({ hasVideo }) => hasVideo)) {
    return ' (32 channels with frames belong to HunyuanVideo 1.5)';
  }
  // A last axis of the size of its neighbour is a side of the picture.
  const last = shape.length >= 4 && shape.at(-1) === shape.at(-2) ? undefined : shape.at(-1);
  for (const count of [shape[axis], last]) {
    const owner = count === undefined || familiesOf(count).length > 0 ? undefined : FOREIGN[count];
    if (owner !== undefined) return ` (${count} channels belong to ${owner})`;
  }
  return '';
}
