import { describe, expect, test } from 'vitest';
import type { ModelEntry } from '../../contract/model-manifest.ts';
import { AppError } from '../../core/errors.ts';
import type { Action } from '../state/actions.ts';
import { reduce } from '../state/reducer.ts';
import { type AppState, initialState } from '../state/state.ts';
import { createStore } from '../state/store.ts';
import { createFakeEngine, fakeBitmap } from '../testing/fake-engine-client.ts';
import { MODELS, openItem, WITH_FINE } from '../testing/open-item.ts';
import { TAEF2 } from '../testing/stored-weights.ts';
import { chosenFor, gradeInUse } from './models.ts';
import { createModelsController } from './models-controller.ts';

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

function setUp(stored: string | null = null, listed: readonly ModelEntry[] = MODELS) {
  const client = createFakeEngine();
  const store = createStore<AppState, Action>(reduce, initialState('auto'));
  store.dispatch({ type: 'models-listed', models: listed });
  const written: string[] = [];
  let changes = 0;
  const models = createModelsController({
    client,
    store,
    ask: async () => false,
    storage: { read: () => stored, write: (text) => written.push(text) },
    keepStorage: async () => true,
    onChanged: () => {
      changes += 1;
    },
  });
  const bitmap = fakeBitmap(32, 32);
  store.dispatch({ type: 'item-opened', item: openItem(1), isSelected: true });
  store.dispatch({ type: 'pane-started', id: 1, key: 'decode-1' });
  store.dispatch({
    type: 'pane-painted',
    id: 1,
    key: 'decode-1',
    image: { bitmap, width: 32, height: 32, kind: 'final', version: 0 },
  });
  return { client, store, models, written, bitmap, changes: () => changes };
}

describe('a person’s own weights', () => {
  test('once added are used: pictures made with others are forgotten and their pixels freed', async () => {
    const { client, store, models, written, bitmap, changes } = setUp();
    client.nextWeights = TAEF2;
    const adding = models.addFile(new Blob([]), TAEF2.name);
    await settle();
    expect(store.get().models.transfers).toMatchObject([{ name: TAEF2.name, address: null }]);
    client.pending[0]?.finish();
    await adding;
    const { models: state, items, notice } = store.get();
    expect(state.transfers).toEqual([]);
    expect(state.choices).toEqual({ flux2: { decoder: TAEF2.id } });
    expect(JSON.parse(written.at(-1) ?? '')).toEqual(state.choices);
    expect(items[0]?.panes).toEqual({});
    expect(bitmap.isClosed).toBe(true);
    expect(changes()).toBeGreaterThan(0);
    expect(notice).toMatchObject({ tone: 'info', text: expect.stringContaining('added, used for FLUX.2') });
  });

  test('that are refused leave a sentence, and everything else as it was', async () => {
    const { client, store, models, bitmap } = setUp();
    const adding = models.addFile(new Blob([]), 'x.pth');
    await settle();
    client.pending[0]?.fail(new AppError('model/unrecognised', 'The nearest match lacks a tensor.'));
    await adding;
    expect(store.get()).toMatchObject({
      notice: { tone: 'error', text: 'The nearest match lacks a tensor.' },
      models: { transfers: [], choices: {} },
    });
    expect(store.get().items[0]?.panes['decode-1']).toBeDefined();
    expect(bitmap.isClosed).toBe(false);
  });

  test('a cancelled import says nothing', async () => {
    const { store, models } = setUp();
    const adding = models.addAddress('https://example.org/taef1.pth');
    await settle();
    const [transfer] = store.get().models.transfers;
    expect(transfer).toMatchObject({ name: 'taef1.pth', address: 'https://example.org/taef1.pth' });
    models.cancel(transfer?.id ?? 0);
    await adding;
    expect(store.get()).toMatchObject({ notice: null, models: { transfers: [] } });
  });

  test('chosen before are chosen again at the next start', async () => {
    const { client, store, models } = setUp(JSON.stringify({ flux2: { decoder: TAEF2.id } }));
    client.storage = { ...client.storage, weights: [TAEF2] };
    await models.start();
    expect(store.get().models).toMatchObject({
      choices: { flux2: { decoder: TAEF2.id } },
      storage: { weights: [TAEF2] },
    });
  });

  test('removed give way to the built-in ones', async () => {
    const { client, store, models, bitmap } = setUp(JSON.stringify({ flux2: { decoder: TAEF2.id } }));
    client.storage = { ...client.storage, weights: [TAEF2] };
    await models.start();
    await models.remove(TAEF2.id);
    expect(store.get().models.storage?.weights).toEqual([]);
    expect(store.get().items[0]?.panes).toEqual({});
    expect(bitmap.isClosed).toBe(true);
  });

  test('removed and added again are loaded again, since what the engine holds of them is void', async () => {
    const { client, store, models } = setUp();
    client.storage = { ...client.storage, weights: [TAEF2] };
    await models.start();
    const plan = {
      backend: 'auto',
      precision: 'auto',
      models: { decoder: TAEF2.id },
    } as const;
    const report = await Promise.all([client.load(plan), client.pending[0]?.finish()]);
    store.dispatch({ type: 'engine-loaded', plan, report: report[0] });
    await models.remove(TAEF2.id);
    expect(store.get().engine.plan).toBeNull();
  });

  test('a latent that will ask for much is a warning beside the good news', async () => {
    const { client, store, models } = setUp();
    client.nextWeights = TAEF2;
    client.forecastMemory = async () => ({ weightBytes: 2e8, activationBytes: 3e9 });
    const adding = models.addFile(new Blob([]), TAEF2.name);
    await settle();
    client.pending[0]?.finish();
    await adding;
    expect(store.get().notice?.text).toMatch(/added, used for .* would take about 3\.2 GB in one piece/);
  });

  test('a model that failed to load does not stand in the way of another choice', () => {
    const { store, models } = setUp();
    store.dispatch({ type: 'engine-failed', message: 'no' });
    models.choose('flux2', 'decoder', 'flux2-decoder');
    expect(store.get().engine.failure).toBeNull();
  });
});

describe('fast or fine', () => {
  const inUse = (state: AppState) => [chosenFor(state, 'flux2', 'decoder')?.id, gradeInUse(state, 'flux2')];

  test('makes the pictures again with the other decoder, and is chosen again at the next start', async () => {
    const { store, models, written, bitmap, changes } = setUp(null, WITH_FINE);
    await models.start();
    models.choose('flux2', 'decoder', 'flux2-decoder-fine');
    expect(inUse(store.get())).toEqual(['flux2-decoder-fine', 'fine']);
    expect(store.get().items[0]?.panes).toEqual({});
    expect(bitmap.isClosed).toBe(true);
    expect(changes()).toBe(1);
    const again = setUp(written.at(-1) ?? null, WITH_FINE);
    await again.models.start();
    expect(inUse(again.store.get())).toEqual(['flux2-decoder-fine', 'fine']);
  });

  test('of a link goes before what was chosen last, and is not kept', async () => {
    const { store, models, written } = setUp(JSON.stringify({ grade: 'fine' }), WITH_FINE);
    await models.start('fast');
    expect(inUse(store.get())).toEqual(['flux2-decoder', 'fast']);
    expect(written).toEqual([]);
  });

  test('takes the place of a person’s own decoder', async () => {
    const own = JSON.stringify({ flux2: { decoder: TAEF2.id } });
    const { client, store, models, written } = setUp(own, WITH_FINE);
    client.storage = { ...client.storage, weights: [TAEF2] };
    await models.start();
    expect(inUse(store.get())).toEqual([TAEF2.id, null]);
    models.choose('flux2', 'decoder', 'flux2-decoder-fine');
    expect(inUse(store.get())).toEqual(['flux2-decoder-fine', 'fine']);
    expect(JSON.parse(written.at(-1) ?? '')).toEqual({ flux2: {}, grade: 'fine' });
  });
});
