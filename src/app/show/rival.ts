import { whyMissing } from '../run/next-task.ts';
import { type AppState, currentItem } from '../state/state.ts';

/** True where a pixel-space network can enlarge the current latent's picture by 2. */
export function hasRival(state: AppState): boolean {
  const item = currentItem(state);
  return item !== null && whyMissing(state, item, 'pixel-upscaler-2') === null;
}
