import { FAMILIES } from '../../core/families/index.ts';
import { type Axes, hasLayers } from '../../core/latent/axes.ts';
import type { FamilyId, LatentSpace } from '../../core/latent/latent.ts';
import type { Override, Reading } from '../../core/latent/reading.ts';
import { belowWords } from '../../words/below.ts';
import { decimal } from '../../words/numbers.ts';
import {
  type AppState,
  currentItem,
  type LatentSource,
  type PictureSettings,
  type PictureSource,
} from '../state/state.ts';
import { formatBytes } from './figures.ts';

export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** One thing understood of what was opened; with `choices` it can be corrected. */
export interface Fact {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly choices: readonly Choice[];
}

export interface FactsContent {
  readonly title: string;
  /** The guess in one sentence, with how sure it is; null where nothing was guessed. */
  readonly reason: string | null;
  readonly confidence: 'certain' | 'likely' | 'guess' | null;
  readonly warnings: readonly string[];
  readonly facts: readonly Fact[];
}

/** What was understood of the current file, item by item; null before anything is open. */
export function factsContent(state: AppState): FactsContent | null {
  const item = currentItem(state);
  if (item === null) return null;
  return item.source.kind === 'latent'
    ? latentFacts(item.name, item.source)
    : pictureFacts(item.name, item.source);
}

const plain = (id: string, label: string, value: string): Fact => ({ id, label, value, choices: [] });

const numbered = (count: number): Choice[] =>
  Array.from({ length: count }, (_, index) => ({
    value: String(index),
    label: belowWords().numbered(index + 1, count),
  }));

const spaces = (): readonly Choice[] => [
  { value: 'model', label: belowWords().modelSpace },
  { value: 'raw', label: belowWords().rawSpace },
];

const figure = (value: number): string => decimal(value, Math.abs(value) < 10 ? 3 : 1);

function latentFacts(name: string, source: LatentSource): FactsContent {
  const { reading } = source;
  const { statistics } = reading;
  const families = FAMILIES.map(({ id, title }) => ({ value: id, label: title }));
  const say = belowWords();
  const bad = statistics.nanCount + statistics.infCount;
  const chosen = (id: string, label: string, value: string, choices: readonly Choice[]): Fact[] =>
    choices.length > 1 ? [{ id, label, value, choices }] : [];
  return {
    title: name,
    reason: reading.reason,
    confidence: reading.confidence,
    warnings: reading.warnings,
    facts: [
      { id: 'family', label: say.family, value: reading.family, choices: families },
      { id: 'space', label: say.values, value: reading.space, choices: spaces() },
      plain(
        'container',
        say.file,
        `${reading.producer || reading.containerTitle}, ${formatBytes(source.sizeBytes)}`,
      ),
      ...chosen(
        'tensor',
        say.tensor,
        reading.tensor,
        reading.tensors.map(({ tensor, shape }) => ({
          value: tensor,
          label: `${tensor} [${shape.join(', ')}]`,
        })),
      ),
      plain('shape', say.shape, `[${reading.shape.join(', ')}] ${reading.dtype}`),
      ...chosen('item', say.item, String(reading.layout.item), numbered(reading.items)),
      ...chosen(
        'frame',
        hasLayers(reading.layout.axes) ? say.layer : say.frame,
        String(reading.layout.frame),
        numbered(reading.frames),
      ),
      ...chosen(
        'packedWidth',
        say.width,
        String(reading.layout.packedWidth ?? ''),
        reading.widths.map((width) => ({ value: String(width), label: say.tokens(width) })),
      ),
      ...chosen(
        'axes',
        say.axes,
        reading.layout.axes,
        [reading.layout.axes, ...reading.otherAxes].map((axes) => ({
          value: axes,
          label: axesLabel(axes, reading),
        })),
      ),
      plain('range', say.range, say.fromTo(figure(statistics.min), figure(statistics.max))),
      plain('moments', say.moments, [statistics.mean, statistics.std].map(figure).join(say.between)),
      plain('bad', say.bad, String(bad)),
    ],
  };
}

/** BCTHW; in words as well where the same axis may be frames or layers. */
function axesLabel(axes: Axes, { layout, otherAxes }: Reading): string {
  const say = belowWords();
  const letters = axes.toUpperCase();
  if (hasLayers(axes)) return say.asLayers(letters);
  const isOpen = hasLayers(layout.axes) || otherAxes.some(hasLayers);
  return isOpen && axes === 'bcthw' ? say.asFrames(letters) : letters;
}

/** A corrected fact of a latent as the reader takes it. */
export function overrideOf(id: string, value: string): Override {
  switch (id) {
    case 'family':
      return { family: value as FamilyId };
    case 'space':
      return { space: value as LatentSpace };
    case 'tensor':
      return { tensor: value };
    case 'item':
      return { item: Number(value) };
    case 'frame':
      return { frame: Number(value) };
    case 'axes':
      return { axes: value as Axes };
    case 'packedWidth':
      return { packedWidth: Number(value) };
    default:
      return {};
  }
}

const SIDES = [256, 512, 768, 1024];

function pictureFacts(name: string, source: PictureSource): FactsContent {
  const { settings } = source;
  const say = belowWords();
  return {
    title: name,
    reason: say.encodedHere,
    confidence: null,
    warnings: [],
    facts: [
      plain('size', say.picture, `${source.width} × ${source.height} px, ${formatBytes(source.blob.size)}`),
      {
        id: 'longestSide',
        label: say.longestSide,
        value: String(settings.longestSide),
        choices: SIDES.map((side) => ({ value: String(side), label: say.atMost(side) })),
      },
      {
        id: 'background',
        label: say.background,
        value: settings.background,
        choices: (['white', 'grey', 'black'] as const).map((value) => ({
          value,
          label: say.backgrounds[value],
        })),
      },
      {
        id: 'referenceFactor',
        label: say.measure,
        value: String(settings.referenceFactor ?? 0),
        choices: [
          { value: '0', label: say.measureNot },
          { value: '2', label: say.shrinkFirst(2) },
          { value: '4', label: say.shrinkFirst(4) },
        ],
      },
      plain('encode', say.encodedIn, source.encodeMs === null ? '–' : `${Math.round(source.encodeMs)} ms`),
    ],
  };
}

/** A changed fact of a picture as a setting. */
export function settingOf(id: string, value: string): Partial<PictureSettings> {
  if (id === 'longestSide') return { longestSide: Number(value) };
  if (id === 'background') return { background: value as PictureSettings['background'] };
  if (id === 'referenceFactor') {
    return { referenceFactor: value === '2' ? 2 : value === '4' ? 4 : null };
  }
  return {};
}
