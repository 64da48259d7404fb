import { FAMILIES } from './families.ts';
import type { FamilyId } from './latent.ts';
import { AXES, type Axes, countsOf } from './layout.ts';

/** A reading of a shape: what each axis is, and whether its channels are 2x2 patches (4 times the family's channels). */
export interface ShapeReading {
  readonly axes: Axes;
  readonly isPatched: boolean;
}

/** A longer picture is taken for a wrong reading of the axes when guessing; a person may still choose it. */
const MAX_ASPECT = 16;

/** 4 cells are 32 pixels; a smaller side means channels or frames taken for rows. */
const MIN_SIDE = 4;

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

/** Whether `stored` channels under `axes` can be the family's, plain or patched; null where they cannot. */
export function patchingFor(stored: number, family: FamilyId): boolean | null {
  const { channels, isPacked } = FAMILIES[family];
  if (stored === channels) return false;
  return isPacked && stored === 4 * channels ? true : null;
}

function patchingOf(stored: number, axes: Axes, family: FamilyId | null): boolean | null {
  const isTokens = axes.includes('n');
  if (family !== null) {
    return patchingFor(stored, family);
  }
  if (stored === 128) return axes.includes('t') ? null : true;
  // 64 channels outside tokens are HunyuanImage 2.1; inside, FLUX.1's or Qwen's 2x2 patches.
  if (stored === 64) return isTokens ? true : null;
  if (isTokens) return null;
  // 32 channels with frames are HunyuanVideo 1.5.
  if (stored === 32 && axes.includes('t')) return null;
  return stored === 4 || stored === 16 || stored === 32 ? false : null;
}

function isPlausible(shape: readonly number[], axes: Axes): boolean {
  const size = (axis: string): number => shape[axes.indexOf(axis)] as number;
  if (axes.includes('n')) return size('n') >= 4;
  const [height, width] = [size('h'), size('w')];
  const short = Math.min(height, width);
  return short >= MIN_SIDE && Math.max(height, width) <= MAX_ASPECT * short;
}

/** Every way to read a shape as a latent, likeliest first; empty where there is none. A wanted family admits its own patching. */
export function plausibleLayouts(
  shape: readonly number[],
  family: FamilyId | null = null,
): readonly ShapeReading[] {
  return GUESSED.filter((axes) => axes.length === shape.length && isPlausible(shape, axes)).flatMap(
    (axes) => {
      const isPatched = patchingOf(countsOf(shape, axes).channels, axes, family);
      return isPatched === null ? [] : [{ axes, isPatched }];
    },
  );
}

/** The chosen axes with the patching that their channels imply; null where the rank or the channels do not fit. */
export function readingFor(
  shape: readonly number[],
  axes: Axes,
  family: FamilyId | null,
): ShapeReading | null {
  if (!AXES.includes(axes) || axes.length !== shape.length) return null;
  const { channels } = countsOf(shape, axes);
  const isPatched = patchingOf(channels, axes, family) ?? (family === null && channels === 64 ? true : null);
  return isPatched === null ? null : { axes, isPatched };
}

/** Channel counts that others use, for a refusal that names them. */
const FOREIGN: Readonly<Record<number, string>> = {
  3: 'a picture or a pixel-space model (drop pictures as PNG, JPEG, WebP or AVIF)',
  12: 'Mochi',
  48: 'Wan 2.2 5B',
  64: 'HunyuanImage 2.1',
  128: 'LTX-Video or DC-AE f64',
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
  for (const count of [shape[axis], shape.at(-1)]) {
    const owner = count === undefined ? undefined : FOREIGN[count];
    if (owner !== undefined) return ` (${count} channels belong to ${owner})`;
  }
  return '';
}
