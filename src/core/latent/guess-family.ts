import type { Family } from '../families/family.ts';
import { familiesOf, familyById } from '../families/index.ts';
import { alternativesTo, type FamilySpace } from './family-space.ts';
import type { FamilyId, LatentSpace } from './latent.ts';
import type { PlaneStatistics } from './statistics.ts';

export type Confidence = 'certain' | 'likely' | 'guess';

export interface Guess extends FamilySpace {
  readonly confidence: Confidence;
  /** One line in plain words: "32 channels, std 1.77: FLUX.2, raw VAE values". */
  readonly reason: string;
  /** The other pairs that the channels allow, nearest first. */
  readonly alternatives: readonly FamilySpace[];
}

/** What is known besides the values: each field narrows the choice, null leaves it open. */
export interface Known {
  readonly families: readonly FamilyId[] | null;
  readonly space: LatentSpace | null;
  readonly hasFrames: boolean;
}

/** Measured: model-space latents of pictures have a standard deviation of 0.77 to 0.97 (TAEF2, TAESANA); raw ones that over the scale. */
const MODEL_STD = 0.9;

/** Distances are |ln(std / expected)|; a lead below this leaves doubt. FLUX.2's two spaces lie 0.57 apart. */
const CLEAR_LEAD = 0.25;

/** Fewer cells than this may all be sky: their channels' means say little. */
const FEW_CELLS = 144;

/** Where a family's shifts spread by less than this share of its deviations, channels of every picture cross them. Theirs: 0.04 (Mochi), 0.26 to 0.45 (the others). */
const TELLING_SHIFTS = 0.1;

const rms = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

/** Whether a family's raw channels have means so far apart that they are a mark of it. */
function hasTellingShifts({ normalisation }: Family): boolean {
  if (normalisation.kind !== 'per-channel') return false;
  const { shift, scale } = normalisation;
  const average = shift.reduce((a, b) => a + b, 0) / shift.length;
  return rms(shift.map((value) => value - average)) > TELLING_SHIFTS * rms(scale.map((value) => 1 / value));
}

/** Pearson correlation of the channels' means with a family's shifts; 0 where either is flat. */
function meanAgreement(means: Float64Array, shifts: readonly number[]): number {
  const n = shifts.length;
  const average = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0) / n;
  const [a, b] = [average(means), average(shifts)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let c = 0; c < n; c++) {
    const [x, y] = [(means[c] as number) - a, (shifts[c] as number) - b];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa === 0 || bb === 0 ? 0 : ab / Math.sqrt(aa * bb);
}

/** How far the values are from what the pair would show; smaller is better. */
function distance(family: Family, space: LatentSpace, statistics: PlaneStatistics): number {
  const expected = space === 'model' ? MODEL_STD : MODEL_STD * family.rawStd;
  const spread = Math.abs(Math.log(statistics.std / expected));
  const { normalisation } = family;
  if (normalisation.kind !== 'per-channel' || space === 'model' || !hasTellingShifts(family)) return spread;
  // Wan's and Playground's raw channels have means far off zero, which tell more than the spread (docs/facts/latents.md#telling-families-and-spaces-apart).
  const agreement = meanAgreement(statistics.means, normalisation.shift);
  return agreement > 0.7 ? spread - 0.4 : spread + 0.5;
}

const SPACE_TITLE: Readonly<Record<LatentSpace, string>> = {
  raw: 'raw VAE values',
  model: 'model space (normalised values)',
};

const titleOf = ({ family, space }: FamilySpace): string =>
  `${familyById(family).title}, ${SPACE_TITLE[space]}`;

/**
 * The likeliest family and space of a latent of `channels` (un-patchified) x height x width cells, from what is known and the
 * values' statistics. `evidence` opens the reason ("ComfyUI .latent, 4 channels"); `isCertain` says that what is known was
 * stated by the file and not inferred. The channels must belong to some family.
 */
export function guessFamily(
  channels: number,
  height: number,
  width: number,
  statistics: PlaneStatistics,
  known: Known,
  evidence: string,
  isCertain: boolean,
): Guess {
  const fitting = familiesOf(channels).filter(
    ({ id }) => known.families === null || known.families.includes(id),
  );
  const families = fitting.length > 0 ? fitting : familiesOf(channels);
  const spaces: readonly LatentSpace[] = known.space === null ? ['model', 'raw'] : [known.space];
  const isFlat = statistics.std === 0;
  const size = { height, width, hasFrames: known.hasFrames };
  const score = (family: Family, space: LatentSpace): number =>
    family.prior(size) + (isFlat ? 0 : distance(family, space, statistics));
  const ranked = families
    .flatMap((family) => spaces.map((space) => ({ family: family.id, space, score: score(family, space) })))
    .sort((a, b) => a.score - b.score);
  const [best, second] = ranked;
  if (best === undefined) throw new RangeError(`no family has ${channels} channels`);
  const chosen: FamilySpace = { family: best.family, space: best.space };
  const lead = second === undefined ? Infinity : second.score - best.score;
  // Means decide between families of which one has marked ones; a few cells have no means to speak of.
  const isBlind = height * width < FEW_CELLS && known.space === null && families.some(hasTellingShifts);
  const confidence: Confidence =
    second === undefined && isCertain
      ? 'certain'
      : lead >= CLEAR_LEAD && !isFlat && !isBlind
        ? 'likely'
        : 'guess';
  const doubt =
    confidence === 'guess' && second !== undefined ? `; ${titleOf(second)} is nearly as likely` : '';
  const spread = isFlat ? 'all values equal' : `std ${statistics.std.toFixed(2)}`;
  return {
    ...chosen,
    confidence,
    reason: `${evidence}, ${spread}: ${titleOf(chosen)}${doubt}`,
    alternatives: alternativesTo(chosen, channels, ranked),
  };
}
