import { elementCount } from '../container/item-size.ts';
import type { FileTensor } from '../container/tensor.ts';
import { AppError } from '../errors.ts';
import { type Axes, countsOf } from './axes.ts';
import { refusalOf } from './choose-tensor.ts';
import { type FamilyId, MOST_BEFORE } from './latent.ts';
import { extractPlanes, type Layout } from './layout.ts';
import { guessPackedWidth } from './packed-width.ts';
import { type Planes, unpatchify } from './patches.ts';
import { plausibleLayouts, readingFor, type ShapeReading, unlikelyLayouts } from './plausible-layouts.ts';
import type { Claim } from './producer.ts';
import type { Override } from './reading.ts';
import { measure, type PlaneStatistics, unevenness } from './statistics.ts';

/** The item under one reading of the shape, un-patchified, NaN and infinities replaced by 0, with statistics from before that. */
export interface ItemValues {
  readonly reading: ShapeReading;
  readonly layout: Layout;
  readonly planes: Planes;
  readonly statistics: PlaneStatistics;
  /** True where the tokens' width was guessed and no width stood out. */
  readonly isWidthDoubtful: boolean;
}

/**
 * One item's values at most: a 16-channel latent of an 8,192-pixel square, which needs gigabytes to decode. With the copies that
 * reordering and un-patchifying make, reading stays within 256 MB of the file.
 */
const MAX_ITEM_ELEMENTS = 2 ** 24;

/** Real latents lead by 0.09 to 0.41 at their true width, noise by less than 0.01. */
const CLEAR_WIDTH_LEAD = 0.03;

function valuesUnder(tensor: FileTensor, reading: ShapeReading, override: Override): ItemValues {
  const { axes, isPatched } = reading;
  const { tokens, channels, items, frames } = countsOf(tensor.shape, axes);
  const size = elementCount(tensor.shape) / (items * frames);
  if (size > MAX_ITEM_ELEMENTS) {
    throw new AppError(
      'file/too-large',
      `One item of shape [${tensor.shape}] has ${size} values; at most ${MAX_ITEM_ELEMENTS} are read. Save a smaller latent.`,
    );
  }
  const base = { axes, item: override.item ?? 0, frame: override.frame ?? 0 };
  let packedWidth: number | null = null;
  let isWidthDoubtful = false;
  if (tokens > 0) {
    packedWidth = override.packedWidth ?? null;
    if (packedWidth === null) {
      // One column of tokens: [channels, tokens, 1], turned to rows of channels for the width's guess.
      const column = clean(extractPlanes(tensor, { ...base, packedWidth: 1 })).planes;
      const guess = guessPackedWidth(byToken(column, tokens, channels), tokens, channels);
      packedWidth = guess.width;
      isWidthDoubtful = guess.lead < CLEAR_WIDTH_LEAD;
    }
  }
  const layout: Layout = { ...base, packedWidth };
  return { reading, layout, isWidthDoubtful, ...planesUnder(tensor, layout, isPatched) };
}

function planesUnder(tensor: FileTensor, layout: Layout, isPatched: boolean) {
  const stored = extractPlanes(tensor, layout);
  const values = tensor.dtype === 'U8' ? fromEightBits(stored) : stored;
  return clean(isPatched ? unpatchify(values) : values);
}

/** The frames before the one that was read, oldest first, read as it was: as many as count in its picture, and as fit in an item's limit. */
export function earlierFrames(tensor: FileTensor, { reading, layout, planes }: ItemValues): Float32Array[] {
  const most = Math.min(layout.frame, MOST_BEFORE, Math.floor(MAX_ITEM_ELEMENTS / planes.data.length));
  return Array.from({ length: most }, (_, i) => {
    const frame = layout.frame - most + i;
    return planesUnder(tensor, { ...layout, frame }, reading.isPatched).planes.data;
  });
}

/** TAESD's 8-bit storage, in place: x = (u8 / 255 - 0.5) * 6 (madebyollin/taesd). */
function fromEightBits(planes: Planes): Planes {
  for (let i = 0; i < planes.data.length; i++) planes.data[i] = ((planes.data[i] as number) / 255 - 0.5) * 6;
  return planes;
}

function byToken(column: Planes, tokens: number, channels: number): Float32Array {
  const out = new Float32Array(tokens * channels);
  for (let c = 0; c < channels; c++) {
    for (let n = 0; n < tokens; n++) out[n * channels + c] = column.data[c * tokens + n] as number;
  }
  return out;
}

/** Statistics first, then 0 in place of everything that is not finite. `planes` is ours (extractPlanes copies). */
function clean(planes: Planes): { planes: Planes; statistics: PlaneStatistics } {
  const statistics = measure(planes);
  if (statistics.nanCount + statistics.infCount > 0) {
    for (let i = 0; i < planes.data.length; i++) if (!Number.isFinite(planes.data[i])) planes.data[i] = 0;
  }
  return { planes, statistics };
}

/**
 * Wrong axes show up as uneven pictures: on 20 real latents the right reading had 0.73 to 0.91 of the next one's roughness. The
 * likelier form keeps a small lead for noise, where all are alike, and a second within 1.1 times the best is a stated doubt.
 */
const LEAD = 0.97;
const DOUBT = 1.1;

/** A picture of fewer cells a side may vary more within itself than from channel to channel. */
const FEW_CELLS = 8;
const DOUBT_OF_FEW = 2;

/** What is not guessed is a doubt only where the values speak for it. */
const SMOOTHER = 0.9;

/** The values that were read, and how else the axes may be read. */
export interface ItemReading {
  readonly values: ItemValues;
  /** The other readings, likeliest first. */
  readonly others: readonly Axes[];
  /** Another reading that fits nearly as well; null where there is none, or where the axes were asked for or claimed. */
  readonly rival: Axes | null;
}

/** The one family that a file's writer or name speaks of, where the shape can be its latent; null for all others. */
function namedFamilyOf({ shape }: FileTensor, claim: Claim | null): FamilyId | null {
  const [named, ...more] = claim?.families ?? [];
  if (named === undefined || more.length > 0) return null;
  return plausibleLayouts(shape, named).length > 0 ? named : null;
}

/**
 * The item under the reading of its axes that was asked for or claimed, else under that whose neighbouring cells agree best, of the
 * family that the file names. Throws latent/shape where the override does not fit the tensor.
 */
export function readItem(tensor: FileTensor, claim: Claim | null, override: Override): ItemReading {
  const family = override.family ?? namedFamilyOf(tensor, claim);
  const all = plausibleLayouts(tensor.shape, family);
  // Tokens are packed: whole channels in rows are believed where nothing else fits.
  const usual = all.filter(({ axes, isPatched }) => isPatched || !axes.includes('n'));
  const plausible = usual.length > 0 ? usual : all;
  const wanted = override.axes ?? (claim?.axes?.length === tensor.shape.length ? claim.axes : undefined);
  const fixed = wanted === undefined ? null : readingFor(tensor.shape, wanted, family);
  // A writer's statement leaves nothing open; a file's name does.
  const isStated = family !== null && (override.family !== undefined || claim?.space != null);
  const unlikely = fixed !== null || isStated ? [] : unlikelyLayouts(tensor.shape, plausible);
  const [only, ...more] = plausible;
  const decided = fixed ?? (more.length + unlikely.length === 0 ? only : undefined);
  if (decided !== undefined) {
    const others = all.map(({ axes }) => axes).filter((axes) => axes !== decided.axes);
    return { values: valuesUnder(tensor, decided, override), others, rival: null };
  }
  const trial = (reading: ShapeReading) =>
    unevenness(valuesUnder(tensor, reading, { ...override, item: 0, frame: 0 }).planes);
  const ranked = plausible
    .map((reading, i) => ({ reading, uneven: trial(reading) * (i === 0 ? LEAD : 1) }))
    .sort((a, b) => a.uneven - b.uneven);
  const [best, second] = ranked;
  if (best === undefined) throw refusalOf(tensor, override) ?? new RangeError('a tensor without a reading');
  const smoother = unlikely.filter((reading) => trial(reading) < best.uneven * SMOOTHER);
  const values = valuesUnder(tensor, best.reading, override);
  const isSmall = Math.min(values.planes.height, values.planes.width) < FEW_CELLS;
  const doubt = best.uneven * (isSmall ? DOUBT_OF_FEW : DOUBT);
  const near = second !== undefined && second.uneven < doubt ? second.reading : smoother[0];
  return {
    values,
    others: [...ranked.slice(1).map(({ reading }) => reading), ...smoother].map(({ axes }) => axes),
    rival: near?.axes ?? null,
  };
}
