import type { PaneKey } from './panes.ts';

export type ViewMode = 'side' | 'slider' | 'lens' | 'difference';

export const VIEW_MODES: readonly {
  readonly mode: ViewMode;
  readonly title: string;
  readonly hint: string;
}[] = [
  { mode: 'side', title: 'Side by side', hint: 'All pictures at the same shown size' },
  { mode: 'slider', title: 'Slider', hint: 'Two pictures with a line to wipe' },
  { mode: 'lens', title: 'Lens', hint: 'The same spot magnified in every picture' },
  { mode: 'difference', title: 'Difference', hint: 'Where two pictures differ, amplified' },
];

export const GAINS: readonly number[] = [1, 2, 4, 8, 16, 32];
export const LENS_POWERS: readonly number[] = [4, 5, 6, 7, 8];

/** How the results are looked at; none of it changes what is computed. */
export interface ViewState {
  readonly mode: ViewMode;
  /** The two pictures of slider and difference. */
  readonly first: PaneKey;
  readonly second: PaneKey;
  /** The wipe's place, 0 (left edge) to 1. */
  readonly wipe: number;
  readonly gain: number;
  readonly lensPower: number;
  readonly lensX: number;
  readonly lensY: number;
  readonly isSmooth: boolean;
  /** Middle of what is seen, 0..1 of each side, and how much larger than fitting. */
  readonly x: number;
  readonly y: number;
  readonly magnification: number;
}

export const INITIAL_VIEW: ViewState = {
  mode: 'side',
  first: 'decode-1',
  second: 'lua-4',
  wipe: 0.5,
  gain: 8,
  lensPower: 4,
  lensX: 0.5,
  lensY: 0.4,
  isSmooth: true,
  x: 0.5,
  y: 0.5,
  magnification: 1,
};

/** The chosen pair, or the nearest that is there: a link may name panes that are not shown. */
export function pairOf(view: ViewState, keys: readonly PaneKey[]): { first: PaneKey; second: PaneKey } {
  const first = keys.includes(view.first) ? view.first : (keys[0] ?? view.first);
  const rest = keys.filter((key) => key !== first);
  const second = rest.includes(view.second) ? view.second : (rest.at(-1) ?? first);
  return { first, second };
}
