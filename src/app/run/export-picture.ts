import type { DecodedImage } from '../../contract/engine.ts';
import { AppError } from '../../core/errors.ts';
import type { Latent } from '../../core/latent/latent.ts';
import { type PaneKey, parsePaneKey } from '../state/panes.ts';
import type { AppState, Item } from '../state/state.ts';
import { ensureLoaded } from './ensure-loaded.ts';
import { planFor, whyMissing } from './next-task.ts';
import type { TaskContext } from './task.ts';

/** A picture made for an export alone: nothing on the stage changes, and whoever asked closes the bitmap. */
export type MadePicture = Pick<DecodedImage, 'bitmap' | 'timings'>;

/** What an export holds of an item: the pictures that are shown, as far as there are weights to make them. */
export const exportedKeys = (state: AppState, item: Item): readonly PaneKey[] =>
  state.shown.filter((key) => item.latent === null || whyMissing(state, item, key) === null);

/** Makes the picture `key` of an item that has none, or gave it up; of `other`, where that is another frame of its. Rejects with AppErrors or the signal's reason. */
export async function makePicture(
  id: number,
  key: PaneKey,
  other: Latent | null,
  { client, store, platform, signal }: TaskContext,
): Promise<MadePicture> {
  const state = store.get();
  const item = state.items.find((candidate) => candidate.id === id);
  const kind = parsePaneKey(key);
  if (item === undefined || kind === null || kind.method === 'reference') {
    throw new AppError(
      'latent/empty',
      'The file was closed before its picture could be made. Open it again.',
    );
  }
  const plan = planFor(state, item, [key]);
  if (plan === null) {
    throw new AppError(
      'model/fetch',
      whyMissing(state, item, key) ?? 'The models are not listed yet. Try again.',
    );
  }
  await ensureLoaded(plan, { client, store, signal });
  const latent = other ?? item.latent ?? (await encoded(item));
  const { bitmap, timings } = await client.decode(
    { latent, scale: kind.scale, method: kind.method },
    { signal },
  );
  return { bitmap, timings };

  async function encoded({ source }: Item) {
    if (source.kind !== 'picture') throw new AppError('latent/empty', 'The file holds no latent.');
    const { picture, reference } = await platform.preparePicture(source.blob, source.settings);
    reference?.close();
    return (await client.encode(picture, { signal })).latent;
  }
}
