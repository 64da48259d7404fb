import { describe, expect, it } from 'vitest';
import type { StoredWeights } from '../../contract/weights-library.ts';
import type { Latent } from '../../core/latent/latent.ts';
import { readLatentFile } from '../../core/latent/read-latent-file.ts';
import { itemBar } from '../show/item-bar.ts';
import { saveLatentFile } from '../show/latent-file.ts';
import type { Action } from '../state/actions.ts';
import { reduce } from '../state/reducer.ts';
import { type AppState, currentItem, initialState } from '../state/state.ts';
import { createStore } from '../state/store.ts';
import { createFakeEngine, fakeBitmap } from '../testing/fake-engine-client.ts';
import { MODELS, openItem } from '../testing/open-item.ts';
import { conversionsOf } from './conversions.ts';
import { convertLatent } from './convert-latent.ts';
import type { Platform } from './platform.ts';

const INTERPOSER = {
  id: 'user:4444444444444444',
  name: 'xl-to-v1_interposer-v4.0.safetensors',
  address: null,
  sizeBytes: 6_000_000,
  sha256: '4'.repeat(64),
  networks: [
    {
      role: 'interposer',
      architecture: 'sd-latent-interposer',
      title: 'Interposer, 4 channels (SDXL or SD 1/2) to 4 (SD 1/2 or SDXL)',
      families: ['sdxl'],
      gives: ['sd1'],
      space: 'raw',
      channels: 4,
      scales: [],
      parameters: 1_400_000,
    },
  ],
} as const satisfies StoredWeights;

const sdxl: Latent = {
  data: new Float32Array(4 * 6 * 7),
  channels: 4,
  height: 6,
  width: 7,
  family: 'sdxl',
  space: 'raw',
};

const platform = { bitmapOf: async () => fakeBitmap(7, 6) } as unknown as Platform;

function setUp() {
  const store = createStore<AppState, Action>(reduce, initialState('auto'));
  store.dispatch({ type: 'models-listed', models: MODELS });
  const storage = {
    weights: [INTERPOSER],
    unfinished: [],
    medium: 'opfs',
    usedBytes: 1,
    freeBytes: null,
  } as const;
  store.dispatch({ type: 'storage-listed', storage });
  store.dispatch({ type: 'item-opened', item: openItem(1, sdxl), isSelected: true });
  return { store, client: createFakeEngine() };
}

describe('the conversion of a latent', () => {
  it('is offered over the pictures of the families that the weights at hand take', () => {
    const { store } = setUp();
    expect(itemBar(store.get())?.conversions).toEqual([
      { id: INTERPOSER.id, name: INTERPOSER.name, to: 'sd1', label: 'Convert to SD 1/2' },
    ]);
    expect(conversionsOf(store.get(), 'sd3')).toEqual([]);
  });

  it('opens as an item that says of what and by what it was made, in the page and in its file', async () => {
    const { store, client } = setUp();
    const [conversion] = conversionsOf(store.get(), 'sdxl');
    const item = currentItem(store.get());
    if (conversion === undefined || item === null) throw new Error('nothing to convert');
    const made = convertLatent(item, conversion, {
      client,
      store,
      platform,
      signal: new AbortController().signal,
    });
    // No SDXL or SD 1 decoder is at hand: the plan takes the built-in one along.
    expect(client.pending[0]?.plan?.models).toEqual({
      decoder: 'flux2-decoder',
      interposer: INTERPOSER.id,
    });
    client.pending[0]?.finish();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(store.get().activity).toMatchObject({ what: 'convert', itemId: 1 });
    expect(itemBar(store.get())?.isConverting).toBe(true);
    client.pending[0]?.finish();
    const opened = await made;
    expect(store.get().activity).toBeNull();
    expect(opened.name).toBe('file-1, SDXL to SD 1/2.safetensors');
    expect(opened.latent).toMatchObject({ family: 'sd1', space: 'raw', height: 6, width: 7 });
    const said = `made of a latent of SDXL by ${INTERPOSER.name}`;
    expect(opened.source.kind === 'latent' && opened.source.reading).toMatchObject({
      confidence: 'certain',
      reason: expect.stringContaining(said),
    });

    store.dispatch({ type: 'item-opened', item: { ...opened, id: 2 }, isSelected: true });
    const { bytes, fileName } = saveLatentFile(store.get(), opened.latent as Latent, 1, 'same');
    expect(fileName).toBe('file-1, SDXL to SD 1_2.safetensors');
    expect(readLatentFile(bytes, { fileName }).reading.reason).toContain(said);
  });
});
