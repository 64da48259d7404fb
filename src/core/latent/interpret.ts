import type { DType, FileTensor, TensorFile } from '../container/tensor.ts';
import { AppError } from '../errors.ts';
import type { Family } from '../families/family.ts';
import { FAMILIES, familyById, isFamilyId, patchingFor } from '../families/index.ts';
import { type Axes, countsOf, hasLayers } from './axes.ts';
import { chooseTensor } from './choose-tensor.ts';
import type { FamilySpace } from './family-space.ts';
import { type Guess, guessFamily } from './guess-family.ts';
import type { FamilyId, Latent } from './latent.ts';
import { packedWidths } from './packed-width.ts';
import type { ShapeReading } from './plausible-layouts.ts';
import { type Claim, recogniseProducer, refuseOtherFiles } from './producer.ts';
import { earlierFrames, type ItemValues, readItem } from './read-item.ts';
import type { Override, Reading } from './reading.ts';
import { type PlaneStatistics, roughness } from './statistics.ts';

/** Above this, neighbouring cells are as unrelated as in noise (1.00); measured on 20 TAEF2 latents: 0.26 to 0.55. */
const NOISE_ROUGHNESS = 0.9;

function warningsOf(
  values: ItemValues,
  rival: Axes | null,
  dtype: DType,
  candidates: number,
  wasChosen: boolean,
): string[] {
  const { statistics: s, planes } = values;
  const warnings: string[] = [];
  const bad = s.nanCount + s.infCount;
  if (bad > 0) {
    warnings.push(
      `${bad} of ${planes.data.length} values are not finite (${s.nanCount} NaN, ${s.infCount} infinite); they were replaced by 0.`,
    );
  }
  if (s.std === 0) {
    warnings.push(
      s.min === 0 && s.max === 0
        ? 'All values are 0: this is an empty latent.'
        : `All values equal ${s.min}.`,
    );
  } else if (roughness(planes) > NOISE_ROUGHNESS) {
    warnings.push(
      'Neighbouring cells are unrelated, as in pure noise: the latent is unfinished, or its axes are read wrongly.',
    );
  }
  if (rival !== null) warnings.push(`The axes may also be "${rival}": the values fit both orders.`);
  if (values.isWidthDoubtful) {
    warnings.push(
      `No width of the packed tokens stands out; ${values.layout.packedWidth} is a guess. Choose another if the picture is sheared.`,
    );
  }
  if (dtype === 'U8') {
    warnings.push("The values are 8-bit; they were read as TAESD's storage, (value / 255 - 0.5) x 6.");
  } else if (/^[IU]\d/.test(dtype)) {
    warnings.push(`The values are whole numbers (${dtype}), which is unusual for a latent.`);
  }
  if (candidates > 1 && !wasChosen) {
    warnings.push(`The file holds ${candidates} tensors that may be latents; the first is shown.`);
  }
  return warnings;
}

/** Refuses a latent without one finite value: zeros in their place would be shown as an empty latent, which it never was. */
function refuseNonFinite({ nanCount, infCount }: PlaneStatistics, values: number): void {
  if (nanCount + infCount < values) return;
  throw new AppError(
    'latent/empty',
    `Every value is ${infCount === 0 ? 'NaN' : 'NaN or infinite'}: the sampler or the VAE overflowed, often in float16. Nothing can be decoded; make the latent again in float32 or bfloat16.`,
    { detail: { nanCount, infCount } },
  );
}

/** Types are no guard here: a session kept by another version, or a caller in JavaScript, may ask for anything. */
function refuseUnknown({ family, space }: Override): void {
  const unknown = (what: string, found: unknown, known: readonly string[]): AppError =>
    new AppError(
      'file/unsupported',
      `No ${what} is called "${String(found)}"; known are ${known.join(', ')}. Choose one of those.`,
    );
  if (family !== undefined && !isFamilyId(family)) {
    throw unknown(
      'family',
      family,
      FAMILIES.map(({ id }) => id),
    );
  }
  if (space !== undefined && space !== 'raw' && space !== 'model') {
    throw unknown('space', space, ['raw', 'model']);
  }
}

function evidenceOf(claim: Claim | null, tensor: FileTensor, values: ItemValues): string {
  const { axes, isPatched } = values.reading;
  const stored = countsOf(tensor.shape, axes).channels;
  const form = axes.includes('n') ? `tokens of ${stored}` : `${stored} channels`;
  const packing = isPatched ? ' (packed 2 x 2)' : '';
  return [claim?.producer, claim?.because, `${form}${packing}`].filter((part) => part).join(', ');
}

/**
 * A file's tensors -> one latent and what was understood. The latent's data is a fresh buffer (transferable), finite, [C, H, W],
 * un-patchified. With `override` every choice can be decided: index of item and frame, axes, width of packed tokens, family
 * and space. Throws latent/*, or file/unsupported and file/too-large for a tensor that cannot be read.
 */
export function interpret(
  file: TensorFile,
  hints: { readonly fileName?: string } = {},
  override: Override = {},
): { reading: Reading; latent: Latent } {
  const fileName = hints.fileName ?? '';
  refuseUnknown(override);
  if (override.tensor === undefined) refuseOtherFiles(file, fileName);
  const claim = recogniseProducer(file, fileName);
  const { tensor, all } = chooseTensor(file, claim, override);
  const { values, others: otherAxes, rival } = readItem(tensor, claim, override);
  const { planes, statistics, layout, reading: shape } = values;
  refuseNonFinite(statistics, planes.data.length);
  const { items, frames, tokens, channels: stored } = countsOf(tensor.shape, shape.axes);

  const { claimed, ...known } = knownOf(claim, override, stored, shape);
  const isChosen = override.family !== undefined && override.space !== undefined;
  const evidence = isChosen ? 'chosen by hand' : evidenceOf(claim, tensor, values);
  const isCertain = isChosen || (claim !== null && claim.space !== null && claimed.length === 1);
  const guess = guessFamily(
    planes.channels,
    planes.height,
    planes.width,
    statistics,
    known,
    evidence,
    isCertain,
  );
  const latent: Latent = {
    ...planes,
    family: guess.family,
    space: guess.space,
    ...beforeIn(tensor, values, guess.family, override),
  };
  const { min, max, mean, std, nanCount, infCount } = statistics;
  return {
    latent,
    reading: {
      container: file.container,
      containerTitle: file.title ?? file.container,
      producer: claim?.producer ?? '',
      tensor: tensor.name,
      dtype: tensor.dtype,
      shape: tensor.shape,
      layout,
      isPatched: shape.isPatched,
      ...doubted(guess, rival !== null, override.family === undefined ? videosOf(stored, shape) : []),
      statistics: { min, max, mean, std, nanCount, infCount },
      warnings: warningsOf(
        values,
        rival,
        tensor.dtype,
        all.length,
        override.tensor !== undefined || all.length === 1,
      ),
      items,
      frames,
      widths: tokens > 0 ? packedWidths(tokens) : [],
      otherAxes: withLayers(otherAxes, shape.axes, frames, guess.family),
      tensors: all,
    },
  };
}

/** What is known of family and space before the values are looked at: chosen, else claimed. */
function knownOf(claim: Claim | null, override: Override, stored: number, shape: ShapeReading) {
  const claimed = claim?.families?.filter((family) => patchingFor(stored, familyById(family)) !== null) ?? [];
  const fromFile = claimed.length > 0 ? claimed : tokenFamilies(stored, shape);
  return {
    claimed,
    families: override.family === undefined ? fromFile : [override.family],
    // A patch of FLUX.2 read by a claim of raw values would contradict its writer; claims are for the family they name.
    space:
      override.space ??
      (claim !== null && (claim.families === null || claimed.length > 0) ? claim.space : null),
    hasFrames: /[tl]/.test(shape.axes),
  };
}

/** The other readings; a video's frames may be a picture's layers, which no shape tells, where the family has such. */
function withLayers(others: readonly Axes[], axes: Axes, frames: number, id: FamilyId): readonly Axes[] {
  const family: Family = familyById(id);
  return axes === 'bcthw' && frames > 1 && family.hasLayers === true ? [...others, 'bclhw'] : others;
}

/** A video's earlier frames and which picture is meant, where the family's pictures depend on the frames before theirs. */
function beforeIn(
  tensor: FileTensor,
  values: ItemValues,
  id: FamilyId,
  { moment }: Override,
): Pick<Latent, 'before' | 'moment'> {
  const family: Family = familyById(id);
  const isAlone = values.layout.frame === 0 || hasLayers(values.layout.axes);
  if (isAlone || family.picturesPerFrame === undefined) return {};
  return { before: earlierFrames(tensor, values), ...(moment !== undefined && { moment }) };
}

/** A guess with the doubts that its family and space do not know of: of its axes, and of video families with as many channels. */
function doubted(guess: Guess, isAxesDoubtful: boolean, videos: readonly FamilySpace[]): Guess {
  const [video] = videos;
  return {
    ...guess,
    confidence: isAxesDoubtful || video !== undefined ? 'guess' : guess.confidence,
    reason: guess.reason + (video === undefined ? '' : `; ${familyById(video.family).title} is as likely`),
    alternatives: [...guess.alternatives, ...videos],
  };
}

/** Whose frames a patched reading of an axis of frames may be as well. */
function videosOf(stored: number, { axes, isPatched }: ShapeReading): readonly FamilySpace[] {
  if (!isPatched || !axes.includes('t')) return [];
  const all: readonly Family<FamilyId>[] = FAMILIES;
  return all
    .filter(({ channels, isVideoOnly }) => isVideoOnly === true && channels === stored)
    .flatMap(({ id }): FamilySpace[] => [
      { family: id, space: 'model' },
      { family: id, space: 'raw' },
    ]);
}

/** Packed tokens belong to the packing families alone: 64 to FLUX.1, Wan and Qwen, not to every family of 16 channels. */
function tokenFamilies(stored: number, shape: ShapeReading): readonly FamilyId[] | null {
  if (!shape.isPatched) return null;
  return FAMILIES.filter((family) => patchingFor(stored, family) === true).map(({ id }) => id);
}
