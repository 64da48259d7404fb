import { busiestSpot, type Spot } from '../../core/latent/busiest-spot.ts';
import type { Latent } from '../../core/latent/latent.ts';
import { type AppState, currentItem, type Item } from '../state/state.ts';

const MIDDLE: Spot = { x: 0.5, y: 0.5 };

const found = new WeakMap<Latent, Spot>();

/** Where an item, the current one unless told, has detail to look at: as its demo tells, else where its latent is busiest. */
export function focusSpot(state: AppState, item: Item | null = currentItem(state)): Spot {
  if (item === null) return MIDDLE;
  const { origin, latent } = item;
  const demo = origin.kind === 'demo' ? state.demos.find(({ id }) => id === origin.id) : undefined;
  if (demo?.focus) return demo.focus;
  if (latent === null) return MIDDLE;
  const spot = found.get(latent) ?? busiestSpot(latent);
  found.set(latent, spot);
  return spot;
}
