import { type PaneKey, parsePaneKey } from '../state/panes.ts';
import type { AppState, Item, PaneImage } from '../state/state.ts';
import type { TaskContext } from './task.ts';

/** A finished picture as the state keeps it. */
export const finalImage = (bitmap: ImageBitmap): PaneImage => ({
  bitmap,
  width: bitmap.width,
  height: bitmap.height,
  kind: 'final',
  version: 0,
});

/** Larger pictures would cost the page's other thread seconds and as much memory as the large picture itself. */
export const MAX_STUDIED_PIXELS = 5e6;

/** True as long as the pane still shows a finished picture of the latent that was studied. */
function isShown(state: AppState, item: Item, key: PaneKey): boolean {
  const now = state.items.find(({ id }) => id === item.id);
  return now?.latent === item.latent && now?.panes[key]?.image?.kind === 'final';
}

/**
 * How much fine detail a picture of 2x has, and the 1x picture stretched to that size for comparison; beside the engine, in the
 * worker for pictures. What cannot be measured is left out.
 */
export async function study(
  item: Item,
  key: PaneKey,
  bitmap: ImageBitmap,
  { store, platform }: TaskContext,
): Promise<void> {
  const scale = parsePaneKey(key)?.scale ?? 1;
  if (scale === 4 || bitmap.width * bitmap.height * (scale === 1 ? 4 : 1) > MAX_STUDIED_PIXELS) return;
  const holds = () => isShown(store.get(), item, key);
  try {
    if (scale === 2) {
      const detail = await platform.detail(bitmap);
      if (holds()) store.dispatch({ type: 'pane-detailed', id: item.id, key, detail });
      return;
    }
    const stretched = await platform.stretch(bitmap);
    const detail = await platform.detail(stretched);
    if (!holds()) {
      stretched.close();
      return;
    }
    store.dispatch({
      type: 'picture-stretched',
      id: item.id,
      stretched: { image: finalImage(stretched), detail },
    });
  } catch {
    // A picture that was closed meanwhile, or a worker without memory: the page goes on without the figure.
  }
}
