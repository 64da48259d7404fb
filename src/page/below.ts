import type { AppState } from '../app/state/state.ts';
import type { BelowParts } from './below-cards.ts';

/**
 * The cards below the pictures. Their scripts come when they come into view, with a person's own file, or with what
 * is of use `later`; their room is kept from the start.
 */
export function createBelow(parts: BelowParts, later: Promise<unknown>) {
  let cards: ((state: AppState) => void) | null = null;
  let coming: Promise<void> | null = null;

  function bring(): void {
    coming ??= import('./below-cards.ts').then(({ createBelowCards }) => {
      cards = createBelowCards(parts);
      cards(parts.state());
    }, parts.controller.notify);
  }

  const watch = new IntersectionObserver((entries) => {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
    watch.disconnect();
    bring();
  });
  watch.observe(parts.page.below);
  void later.then(bring);

  return {
    show(state: AppState): void {
      if (coming === null && state.items.some(({ origin }) => origin.kind !== 'demo')) bring();
      cards?.(state);
    },
  };
}
