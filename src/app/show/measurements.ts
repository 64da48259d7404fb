import { decimal } from '../../words/numbers.ts';
import { describeMade } from '../models/network-names.ts';
import { type PaneKey, parsePaneKey } from '../state/panes.ts';
import { type AppState, currentItem, type Item, type Quality } from '../state/state.ts';
import { figuresOf } from './figures.ts';

/** One way to the original's size, measured against it. */
export interface Measurement {
  readonly key: PaneKey;
  readonly title: string;
  /** Null until it is measured. */
  readonly psnr: number | null;
  readonly ssim: number | null;
  readonly seconds: number | null;
  /** In which of the three it is the best of two or more. */
  readonly best: readonly ('psnr' | 'ssim' | 'seconds')[];
}

/** The rivals that are shown along with LUA when somebody measures by `factor`. */
export const rivalsAt = (factor: 2 | 4): readonly PaneKey[] => [`lua-${factor}`, `pixel-bicubic-${factor}`];

/** What the current picture's ways to its original measure; empty where nobody asked. */
export function measurements(state: AppState): Measurement[] {
  const item = currentItem(state);
  const factor = item?.source.kind === 'picture' ? item.source.settings.referenceFactor : null;
  if (item == null || factor === null) return [];
  const keys = state.shown.filter((key) => parsePaneKey(key)?.scale === factor);
  const rows = keys.map((key) => measured(state, item, key));
  return rows.map((row) => ({ ...row, best: bestOf(row, rows) }));
}

function measured(state: AppState, item: Item, key: PaneKey): Measurement {
  const pane = item.panes[key];
  const runs = pane?.runs ?? [];
  const figures = figuresOf(runs, 'warm') ?? figuresOf(runs, 'cold');
  const quality: Quality | null = pane?.quality ?? null;
  const { title, scale } = describeMade(state, item, key);
  return {
    key,
    title: `${title} ${scale}`,
    psnr: quality?.psnr ?? null,
    ssim: quality?.ssim ?? null,
    seconds: figures === null ? null : figures.totalMs / 1000,
    best: [],
  };
}

/** Two figures that read alike are both the best. */
const DIGITS = { psnr: 2, ssim: 3, seconds: 2 } as const;

function bestOf(row: Measurement, rows: readonly Measurement[]): Measurement['best'] {
  return (['psnr', 'ssim', 'seconds'] as const).filter((name) => {
    const figure = row[name];
    const all = rows.flatMap((other) => (other[name] === null ? [] : [other[name]]));
    if (figure === null || all.length < 2) return false;
    const best = name === 'seconds' ? Math.min(...all) : Math.max(...all);
    return figure.toFixed(DIGITS[name]) === best.toFixed(DIGITS[name]);
  });
}

/** A figure as it is told. */
export const figureText = (name: keyof typeof DIGITS, value: number): string =>
  `${decimal(value, DIGITS[name])}${name === 'psnr' ? ' dB' : name === 'seconds' ? ' s' : ''}`;
