import { flag, number, paneName, type Values } from '../../../app/show/link-params.ts';
import type { PaneCard } from '../../../app/show/pane-cards.ts';
import { ON_DETAIL } from '../viewport.ts';

/** What every view has: the two chosen pictures, how they are drawn, and the part that is seen. */
export const SHARED_PARAMS = {
  first: paneName('a', 'decode-1'),
  second: paneName('b', 'lua-2'),
  isSmooth: flag('smooth', true),
  /** How much larger than fitting (0: on the detail, see viewport.ts), and the middle of what is seen, 0..1 of each side. */
  magnification: number('zoom', ON_DETAIL, 0, 1000),
  x: number('x', 0.5, 0, 1),
  y: number('y', 0.5, 0, 1),
};

export type SharedParams = Values<typeof SHARED_PARAMS>;

export type Pair = readonly [PaneCard, PaneCard];

/** The chosen pictures, or the nearest that are there: a link may name panes that are not shown. Null without any. */
export function chosenPair(
  { first, second }: Pick<SharedParams, 'first' | 'second'>,
  cards: readonly PaneCard[],
): Pair | null {
  const one = cards.find(({ key }) => key === first) ?? cards[0];
  if (one === undefined) return null;
  const rest = cards.filter((card) => card !== one);
  return [one, rest.find(({ key }) => key === second) ?? rest.at(-1) ?? one];
}
