import type { LoadPlan } from '../../contract/engine.ts';
import type { FileTensor, TensorFile } from '../../core/container/tensor.ts';
import { AppError } from '../../core/errors.ts';
import { familyById } from '../../core/families/index.ts';
import { interpret } from '../../core/latent/interpret.ts';
import type { FamilyId, Latent } from '../../core/latent/latent.ts';
import { belowWords } from '../../words/below.ts';
import { chosenFor } from '../models/models.ts';
import { type AppState, type Item, UNMADE } from '../state/state.ts';
import type { Conversion } from './conversions.ts';
import { makePreview } from './open-source.ts';
import { follow, idle, load } from './perform-task.ts';
import type { TaskContext } from './task.ts';

/** An engine loads no plan without a decoder: the one that is to follow, or any other that is at hand. */
function planWith(state: AppState, item: Item, { id, to }: Conversion): LoadPlan {
  const families = [to, item.latent?.family];
  const own = families.flatMap((family) =>
    family === undefined ? [] : (chosenFor(state, family, 'decoder') ?? []),
  );
  const decoder = own[0]?.id ?? state.engine.models?.find(({ role }) => role === 'decoder')?.id;
  if (decoder === undefined) {
    throw new AppError('model/missing', 'The models are not listed yet. Try again in a moment.');
  }
  return { backend: state.engine.request, precision: 'auto', models: { decoder, interposer: id } };
}

/** The converted latent as a file that says what it is, of what and by what. */
function fileOf(latent: Latent, from: FamilyId, by: string): TensorFile {
  const { data, channels, height, width, family, space } = latent;
  const tensor: FileTensor = {
    name: 'latent',
    dtype: 'F32',
    shape: [1, channels, height, width],
    bytes: new Uint8Array(data.slice().buffer),
  };
  return {
    container: 'safetensors',
    title: belowWords().converted,
    tensors: new Map([['latent', tensor]]),
    metadata: { family, space, converted_from: familyById(from).title, converted_by: by },
  };
}

/** Turns an item's latent into one of another family, as an item of its own. Rejects with an AppError or AbortError. */
export async function convertLatent(
  item: Item,
  conversion: Conversion,
  context: TaskContext,
): Promise<Omit<Item, 'id'>> {
  const { client, store, platform, signal } = context;
  const { latent } = item;
  if (latent === null) throw new AppError('latent/empty', 'The file holds no latent to convert yet.');
  const { to, name } = conversion;
  const task = { kind: 'convert', itemId: item.id } as const;
  store.dispatch({ type: 'activity-changed', activity: idle(task) });
  const made = await load(task, planWith(store.get(), item, conversion), context)
    .then(() => client.convert(latent, to, { signal, onProgress: follow(task, store) }))
    .finally(() => store.dispatch({ type: 'activity-changed', activity: null }));
  const file = fileOf(made, latent.family, name);
  const read = interpret(file);
  const stem = item.name.replace(/\.[a-z0-9]+$/i, '');
  return {
    name: `${stem}, ${familyById(latent.family).shortTitle} to ${familyById(to).shortTitle}.safetensors`,
    origin: { kind: 'file' },
    source: {
      kind: 'latent',
      file,
      reading: read.reading,
      override: {},
      sizeBytes: made.data.byteLength,
    },
    latent: read.latent,
    preview: await makePreview(read.latent, platform),
    ...UNMADE,
    isDecided: true,
  };
}
