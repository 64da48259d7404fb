import { describe, expect, it } from 'vitest';
import { AppError } from '../../core/errors.ts';
import { paneCards } from '../show/pane-cards.ts';
import { describeStatus } from '../show/status.ts';
import type { Action } from '../state/actions.ts';
import { reduce } from '../state/reducer.ts';
import { type AppState, initialState } from '../state/state.ts';
import { createStore } from '../state/store.ts';
import { createFakeEngine } from '../testing/fake-engine-client.ts';
import { FAKE_PLATFORM } from '../testing/fake-platform.ts';
import { MODELS } from '../testing/open-item.ts';
import { createController } from './controller.ts';

const demo = {
  id: 'first',
  title: 'first',
  kind: 'portrait',
  url: 'https://example.org/demos/first.npy',
  fileName: 'first.npy',
  thumbnailUrl: 'https://example.org/demos/first.webp',
  family: 'flux2',
  height: 8,
  width: 8,
  focus: null,
  source: '',
  licence: '',
  author: '',
} as const;

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

const missing = new AppError(
  'model/fetch',
  'models/manifest.json could not be fetched (the server answered 404). Check that the folder was published whole.',
);

describe('a list of models that cannot be read', () => {
  it('is told in every pane with a button, though a picture was opened since, and the button asks for it again', async () => {
    const client = createFakeEngine();
    const store = createStore<AppState, Action>(reduce, initialState('auto'));
    let isThere = false;
    const controller = createController({
      client,
      store,
      platform: FAKE_PLATFORM,
      listModels: async () => {
        if (isThere) return MODELS;
        throw missing;
      },
      choiceStorage: { read: () => null, write: () => {} },
      keepStorage: async () => true,
      listDemos: async () => [demo],
    });
    await controller.start({ latentUrl: null, demoId: null, override: {} });
    await settle();
    const cards = paneCards(store.get());
    expect(cards.map(({ phase }) => phase)).toEqual(['failed', 'failed', 'failed']);
    expect(cards[0]?.note).toContain('published whole');
    expect(cards[0]?.action).toMatchObject({ kind: 'resume', label: 'Try again' });
    expect(describeStatus(store.get())).toMatchObject({ tone: 'error', text: missing.message });

    isThere = true;
    controller.resume();
    await settle();
    for (let calls = 0; calls < 5; calls += 1) {
      client.pending[0]?.finish();
      await settle();
    }
    expect(paneCards(store.get()).map(({ phase }) => phase)).toEqual(['done', 'done', 'done']);
    expect(describeStatus(store.get()).tone).toBe('done');
  });
});
