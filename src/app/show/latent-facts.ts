import { FAMILIES } from '../../core/families/index.ts';
import type { Axes } from '../../core/latent/axes.ts';
import type { FamilyId, LatentSpace } from '../../core/latent/latent.ts';
import type { Override } from '../../core/latent/reading.ts';
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
  Array.from({ length: count }, (_, index) => ({ value: String(index), label: `${index + 1} of ${count}` }));

const SPACES: readonly Choice[] = [
  { value: 'model', label: 'Model space (scaled)' },
  { value: 'raw', label: 'Raw VAE values' },
];

const figure = (value: number): string => value.toFixed(Math.abs(value) < 10 ? 3 : 1);

function latentFacts(name: string, source: LatentSource): FactsContent {
  const { reading } = source;
  const { statistics } = reading;
  const families = FAMILIES.map(({ id, title }) => ({ value: id, label: title }));
  const bad = statistics.nanCount + statistics.infCount;
  const chosen = (id: string, label: string, value: string, choices: readonly Choice[]): Fact[] =>
    choices.length > 1 ? [{ id, label, value, choices }] : [];
  return {
    title: name,
    reason: reading.reason,
    confidence: reading.confidence,
    warnings: reading.warnings,
    facts: [
      { id: 'family', label: 'Family', value: reading.family, choices: families },
      { id: 'space', label: 'Values', value: reading.space, choices: SPACES },
      plain(
        'container',
        'File',
        `${reading.producer || reading.containerTitle}, ${formatBytes(source.sizeBytes)}`,
      ),
      ...chosen(
        'tensor',
        'Tensor',
        reading.tensor,
        reading.tensors.map(({ tensor, shape }) => ({
          value: tensor,
          label: `${tensor} [${shape.join(', ')}]`,
        })),
      ),
      plain('shape', 'Shape', `[${reading.shape.join(', ')}] ${reading.dtype}`),
      ...chosen('item', 'Item', String(reading.layout.item), numbered(reading.items)),
      ...chosen('frame', 'Frame', String(reading.layout.frame), numbered(reading.frames)),
      ...chosen(
        'packedWidth',
        'Width',
        String(reading.layout.packedWidth ?? ''),
        reading.widths.map((width) => ({ value: String(width), label: `${width} tokens` })),
      ),
      ...chosen(
        'axes',
        'Axes',
        reading.layout.axes,
        [reading.layout.axes, ...reading.otherAxes].map((axes) => ({
          value: axes,
          label: axes.toUpperCase(),
        })),
      ),
      plain('range', 'Range', `${figure(statistics.min)} to ${figure(statistics.max)}`),
      plain('moments', 'Mean, std', `${figure(statistics.mean)}, ${figure(statistics.std)}`),
      plain('bad', 'NaN or infinite', String(bad)),
    ],
  };
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
  return {
    title: name,
    reason: 'Picture, encoded to a latent in this tab.',
    confidence: null,
    warnings: [],
    facts: [
      plain('size', 'Picture', `${source.width} × ${source.height} px, ${formatBytes(source.blob.size)}`),
      {
        id: 'longestSide',
        label: 'Longest side',
        value: String(settings.longestSide),
        choices: SIDES.map((side) => ({ value: String(side), label: `at most ${side} px` })),
      },
      {
        id: 'background',
        label: 'Transparent areas',
        value: settings.background,
        choices: ['white', 'grey', 'black'].map((value) => ({ value, label: value })),
      },
      {
        id: 'referenceFactor',
        label: 'Test against it',
        value: String(settings.referenceFactor ?? 0),
        choices: [
          { value: '0', label: 'No' },
          { value: '2', label: 'Reduce 2×, then compare' },
          { value: '4', label: 'Reduce 4×, then compare' },
        ],
      },
      plain('encode', 'Encoded in', source.encodeMs === null ? '–' : `${Math.round(source.encodeMs)} ms`),
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
