import { type AppState, currentItem } from '../state/state.ts';
import { type PaneCard, paneCards } from './pane-cards.ts';

/** The panes for a figure or an export: what is not finished has no picture there, whatever stands in for it on the screen. */
export function computedCards(state: AppState, cards: readonly PaneCard[] = paneCards(state)): PaneCard[] {
  const panes = currentItem(state)?.panes ?? {};
  const isFinal = ({ key, phase }: PaneCard): boolean =>
    panes[key] === undefined ? phase === 'done' : panes[key].image?.kind === 'final';
  return cards.map((card) => (isFinal(card) ? card : { ...card, drawing: null }));
}
