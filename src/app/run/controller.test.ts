import { beforeAll, describe, expect, it } from 'vitest';
import type { StoredWeights } from '../../contract/weights-library.ts';
import { writeSafetensors } from '../../core/container/write-safetensors.ts';
import { AppError } from '../../core/errors.ts';
import { missingPart } from '../../core/missing-part.ts';
import { paneCards } from '../show/pane-cards.ts';
import { describeStatus } from '../show/status.ts';
import type { Action } from '../state/actions.ts';
import { reduce } from '../state/reducer.ts';
import { type AppState, currentItem, initialState } from '../state/state.ts';
import { createStore } from '../state/store.ts';
import { createFakeEngine, type FakeEngine } from '../testing/fake-engine-client.ts';
import { FAKE_PLATFORM } from '../testing/fake-platform.ts';
import { batchBytes, doubtfulBytes, latentBytes } from '../testing/latent-bytes.ts';
import { MODELS } from '../testing/open-item.ts';
import { TAEF2 } from '../testing/stored-weights.ts';
import { createController } from './controller.ts';
import type { Demo } from './demos.ts';
import type { Platform } from './platform.ts';
import type { Question } from './question.ts';

const demo = (id: string): Demo => ({
  id,
  title: id,
  kind: 'portrait',
  url: `https://example.org/demos/${id}.npy`,
  fileName: `${id}.npy`,
  thumbnailUrl: `https://example.org/demos/${id}.webp`,
  family: 'flux2',
  height: 4,
  width: 4,
  focus: null,
  source: '',
  licence: '',
  author: '',
});

const network = writeSafetensors(
  ['1.weight', '1.bias', '3.conv.0.weight'].map((name) => ({
    name,
    dtype: 'F32' as const,
    shape: [2],
    bytes: new Uint8Array(8),
  })),
);

const platform: Platform = {
  ...FAKE_PLATFORM,
  fetchBytes: async (url, signal) => {
    signal.throwIfAborted();
    if (url.endsWith('vae.safetensors')) return network;
    if (url.includes('gone')) {
      throw new AppError('file/unreadable', 'The server answered 404. Check the address.');
    }
    return latentBytes(8, 8, url.length);
  },
};

/** Lets every promise that is ready go on. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

function setUp(
  demos: readonly Demo[] = [demo('first'), demo('second')],
  answer: boolean | null = null,
  other: Partial<Platform> = {},
) {
  const questions: Question[] = [];
  const fetched: string[] = [];
  const client = createFakeEngine();
  const store = createStore<AppState, Action>(reduce, initialState('auto'));
  const controller = createController({
    client,
    store,
    platform: {
      ...platform,
      ...other,
      async ask(question) {
        questions.push(question);
        if (answer === null) throw new Error('the test expects no question');
        return answer;
      },
      fetchBytes(url, ...rest) {
        fetched.push(url);
        return platform.fetchBytes(url, ...rest);
      },
    },
    listModels: async () => MODELS,
    choiceStorage: { read: () => null, write: () => {} },
    keepStorage: async () => true,
    listDemos: async () => demos,
  });
  const start = () => controller.start({ latentUrl: null, demoId: null, override: {} });
  const follow = (latentUrl: string) => controller.start({ latentUrl, demoId: null, override: {} });
  return { client, store, controller, start, follow, questions, fetched };
}

async function finish(client: FakeEngine, calls: number): Promise<void> {
  for (let index = 0; index < calls; index += 1) {
    client.pending[0]?.finish();
    await settle();
  }
}

const file = (name: string, bytes: Uint8Array<ArrayBuffer> = latentBytes(8, 8)): File =>
  new File([bytes], name);

const phases = (state: AppState): string[] => paneCards(state).map(({ phase }) => phase);

/** Scripts that come with their first use are there at once: a busy machine reads them later than a test looks. */
beforeAll(async () => {
  await Promise.all([import('../../core/latent/interpret.ts'), import('./decide-reading.ts')]);
});

describe('the controller', () => {
  it('runs the first demo by itself: the decoder and 1x, then LUA, 2x and 4x', async () => {
    const { client, store, start } = setUp();
    await start();
    await finish(client, 5);
    expect(client.log).toEqual(['load', 'decode decode 1', 'load', 'decode lua 2', 'decode lua 4']);
    expect(phases(store.get())).toEqual(['done', 'done', 'done']);
    expect(describeStatus(store.get()).text).toBe('first.npy: all 3 pictures are ready.');
  });

  it('leaves the stage to a file that was dropped before the demos are there', async () => {
    const { store, controller, start } = setUp();
    const started = start();
    await controller.openFiles([file('mine.npy')]);
    await started;
    await settle();
    expect(currentItem(store.get())?.name).toBe('mine.npy');
    expect(store.get().demos).toHaveLength(2);
  });

  it('leaves the stage to a file that was dropped before the link’s own is asked for', async () => {
    const { store, controller, follow, fetched } = setUp();
    const started = follow('https://example.org/linked.npy');
    await controller.openFiles([file('mine.npy')]);
    await started;
    await settle();
    expect(currentItem(store.get())?.name).toBe('mine.npy');
    expect(fetched).toEqual([]);
  });

  it('shows the preview before any model is loaded', async () => {
    const { store, start } = setUp();
    await start();
    expect(paneCards(store.get()).every(({ drawing }) => drawing?.isPreview)).toBe(true);
  });

  it('ends the first file when a second one comes', async () => {
    const { client, store, controller, start } = setUp();
    await start();
    await finish(client, 3);
    expect(client.pending[0]?.job?.scale).toBe(2);
    await controller.openFiles([file('second.npy')]);
    await settle();
    expect(client.log.at(-1)).toBe('decode decode 1');
    expect(client.pending).toHaveLength(1);
    await finish(client, 3);
    expect(currentItem(store.get())?.name).toBe('second.npy');
    expect(phases(store.get())).toEqual(['done', 'done', 'done']);
    expect(client.pending).toHaveLength(0);
  });

  it('says so when the browser breaks a picture off by itself, and does not take it for a cancel', async () => {
    const { client, store, start } = setUp();
    await start();
    await finish(client, 1);
    client.pending[0]?.fail(new DOMException('the document went away', 'AbortError'));
    await settle();
    expect(phases(store.get())[0]).toBe('failed');
    expect(store.get().notice?.text).toContain('the document went away');
  });

  it('leaves everything as it was when a file is no latent, and says why', async () => {
    const { client, store, controller, start } = setUp();
    await start();
    await finish(client, 4);
    const before = store.get();
    await controller.openFiles([file('notes.txt', new TextEncoder().encode('only words, no numbers'))]);
    expect(store.get().items).toBe(before.items);
    expect(store.get().currentId).toBe(before.currentId);
    expect(describeStatus(store.get()).tone).toBe('error');
    expect(describeStatus(store.get()).text.length).toBeGreaterThan(20);
  });

  it('stops at once when cancelled, keeps what is finished, and goes on when asked', async () => {
    const { client, store, controller, start } = setUp();
    await start();
    await finish(client, 4);
    controller.stop();
    await settle();
    expect(client.pending).toHaveLength(0);
    expect(phases(store.get())).toEqual(['done', 'done', 'stopped']);
    expect(store.get().activity).toBeNull();
    controller.resume();
    await finish(client, 1);
    expect(phases(store.get())).toEqual(['done', 'done', 'done']);
  });

  it('keeps the first picture when LUA cannot be had, and goes on with LUA when asked', async () => {
    const { client, store, controller, start } = setUp();
    await start();
    await finish(client, 2);
    client.pending[0]?.fail(new AppError('model/fetch', 'LUA could not be fetched; check the network.'));
    await settle();
    expect(phases(store.get())).toEqual(['done', 'failed', 'failed']);
    expect(paneCards(store.get())[1]?.note).toContain('LUA could not be fetched');
    controller.resume();
    await finish(client, 3);
    expect(phases(store.get())).toEqual(['done', 'done', 'done']);
    expect(client.log.filter((call) => call === 'decode decode 1')).toHaveLength(1);
  });

  it('says which picture failed and makes the others', async () => {
    const { client, store, start } = setUp();
    await start();
    await finish(client, 3);
    client.pending[0]?.fail(
      new AppError('engine/run', 'The upscaler ran out of memory; try a smaller latent.'),
    );
    await settle();
    await finish(client, 1);
    expect(phases(store.get())).toEqual(['done', 'failed', 'done']);
    expect(paneCards(store.get())[1]?.note).toContain('out of memory');
  });

  it('shows one failure of loading in every pane and tries again when asked', async () => {
    const { client, store, controller, start } = setUp();
    await start();
    client.pending[0]?.fail(
      new AppError('model/fetch', 'The weights could not be fetched; check the network.'),
    );
    await settle();
    expect(phases(store.get())).toEqual(['failed', 'failed', 'failed']);
    controller.resume();
    await finish(client, 5);
    expect(phases(store.get())).toEqual(['done', 'done', 'done']);
  });

  it('works through several files in order and keeps the stage where it is', async () => {
    const { client, store, controller } = setUp([]);
    await controller.start({ latentUrl: null, demoId: null, override: {} });
    await controller.openFiles([file('a.npy'), file('b.npy')]);
    await settle();
    await finish(client, 8);
    const state = store.get();
    expect(currentItem(state)?.name).toBe('a.npy');
    expect(state.items.map((item) => Object.values(item.panes).map((pane) => pane.status))).toEqual([
      ['done', 'done', 'done'],
      ['done', 'done', 'done'],
    ]);
  });

  it('frees the pictures of a removed file and shows its neighbour', async () => {
    const { client, store, controller, start } = setUp();
    await start();
    await finish(client, 4);
    await controller.openFiles([file('b.npy')]);
    await settle();
    await finish(client, 3);
    const removed = currentItem(store.get());
    controller.remove(removed?.id ?? 0);
    expect(currentItem(store.get())?.name).toBe('first.npy');
    expect(removed?.panes['lua-4']?.image?.bitmap).toMatchObject({ isClosed: true });
  });

  it('runs again as often as asked and keeps cold and warm apart', async () => {
    const { client, store, controller, start } = setUp();
    await start();
    await finish(client, 5);
    controller.runAgain(2);
    await settle();
    await finish(client, 6);
    expect(paneCards(store.get()).map(({ cold, warm }) => [cold?.runs, warm?.runs])).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
    ]);
    expect(client.pending).toHaveLength(0);
  });

  it('makes a baseline only when it is shown, and ends it when it is hidden', async () => {
    const { client, store, controller, start } = setUp();
    await start();
    await finish(client, 5);
    controller.show([...store.get().shown, 'pixel-lanczos-2']);
    await settle();
    expect(client.log.at(-1)).toBe('decode pixel-lanczos 2');
    controller.show(['decode-1', 'lua-2', 'lua-4']);
    await settle();
    expect(client.pending).toHaveLength(0);
    expect(phases(store.get())).toEqual(['done', 'done', 'done']);
  });

  it('encodes a picture first and compares with the original when asked', async () => {
    const { client, store, controller } = setUp([]);
    await controller.start({ latentUrl: null, demoId: null, override: {} });
    await controller.openFiles([
      file('photo.png', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])),
    ]);
    await settle();
    await finish(client, 5);
    expect(client.log.slice(0, 3)).toEqual(['load', 'encode', 'decode decode 1']);
    controller.setPicture({ referenceFactor: 2 });
    await settle();
    await finish(client, 4);
    const cards = paneCards(store.get());
    expect(cards.map(({ key }) => key)).toEqual(['reference', 'decode-1', 'lua-2', 'lua-4']);
    expect(cards.map(({ quality }) => quality)).toEqual([null, null, 'PSNR 30.00 dB · SSIM 0.900', null]);
  });

  it('keeps a picture that could not be compared with its original, and says why there is no figure', async () => {
    const { client, store, controller } = setUp([], null, {
      compare: () => Promise.reject(missingPart('The part of the page that measures pictures')),
    });
    await controller.start({ latentUrl: null, demoId: null, override: {} });
    await controller.openFiles([
      file('photo.png', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])),
    ]);
    await settle();
    controller.setPicture({ referenceFactor: 2 });
    await settle();
    await finish(client, 8);
    const cards = paneCards(store.get());
    expect(cards.map(({ phase }) => phase)).toEqual(['done', 'done', 'done', 'done']);
    expect(cards.every(({ quality, note }) => quality === null && note === null)).toBe(true);
    expect(describeStatus(store.get()).text).toMatch(/new version.*Reload the page/);
  });

  it('makes everything anew when a fact is corrected', async () => {
    const { client, store, controller, start } = setUp();
    await start();
    await finish(client, 5);
    await controller.reread({ space: 'raw' });
    await settle();
    await finish(client, 3);
    expect(currentItem(store.get())?.latent?.space).toBe('raw');
    expect(phases(store.get())).toEqual(['done', 'done', 'done']);
    expect(client.log).toHaveLength(8);
  });

  it('decides a doubt also where a single picture is wanted', async () => {
    const { client, store, controller } = setUp([]);
    await controller.start({ latentUrl: null, demoId: null, override: {} });
    controller.show(['decode-1']);
    await controller.openFiles([file('unnamed.npy', doubtfulBytes(8, 8))]);
    await settle();
    await finish(client, 12);
    expect(currentItem(store.get())?.isDecided).toBe(true);
    expect(phases(store.get())).toEqual(['done']);
  });

  it('opens the latents of a batch as items of their own, each once, read as the first was', async () => {
    const { client, store, controller } = setUp([]);
    await controller.start({ latentUrl: null, demoId: null, override: {} });
    await controller.openFiles([file('batch.safetensors', batchBytes(3, 8, 8))]);
    await settle();
    await finish(client, 5);
    const [first] = store.get().items;
    await controller.showMember(first?.id ?? 0, 2);
    await settle();
    await finish(client, 3);
    expect(phases(store.get())).toEqual(['done', 'done', 'done']);
    const [, third] = store.get().items;
    expect(third?.latent?.data).not.toEqual(first?.latent?.data);
    expect(third?.source).toMatchObject({
      reading: { layout: { item: 2 }, items: 3 },
      override: { item: 2 },
    });
    const calls = client.log.length;
    await controller.showMember(third?.id ?? 0, 0);
    await settle();
    expect(store.get().items).toHaveLength(2);
    expect(currentItem(store.get())?.id).toBe(first?.id);
    expect(client.log).toHaveLength(calls);
  });

  it('makes a picture aside for an export, in its turn, and changes nothing on the stage', async () => {
    const { client, store, controller, start } = setUp();
    await start();
    await finish(client, 5);
    const before = store.get();
    const id = before.currentId ?? 0;
    const picture = controller.pictureFor(id, 'pixel-bicubic-2');
    await settle();
    expect(client.log.at(-1)).toBe('decode pixel-bicubic 2');
    await finish(client, 1);
    expect((await picture).bitmap.width).toBe(128);
    expect(store.get().items).toBe(before.items);
    await expect(controller.pictureFor(99, 'lua-2')).rejects.toThrow('was closed before');
    const abort = new AbortController();
    const given = controller.pictureFor(id, 'pixel-bicubic-4', abort.signal);
    await settle();
    abort.abort();
    await expect(given).rejects.toMatchObject({ name: 'AbortError' });
    expect(client.pending).toHaveLength(0);
  });

  it('keeps finished pictures beside those of another file, and closes them when they are let go', async () => {
    const { client, store, controller, start } = setUp();
    await start();
    await controller.pins.pin('lua-2');
    expect(store.get().pins).toEqual([]);
    await finish(client, 4);
    await controller.pins.pin('lua-2');
    await controller.openFiles([file('b.npy')]);
    await settle();
    await finish(client, 3);
    const cards = paneCards(store.get());
    expect(cards.map(({ key, phase }) => `${key} ${phase}`)).toEqual([
      'decode-1 done',
      'lua-2 done',
      'lua-4 done',
      'pin-1 done',
    ]);
    const [kept] = store.get().pins;
    expect(cards[3]).toMatchObject({
      title: 'LUA',
      scale: '2×',
      explanation: expect.stringMatching(/^first\.npy · /),
    });
    expect(describeStatus(store.get()).text).toBe('b.npy: all 3 pictures are ready.');
    for (const key of ['decode-1', 'lua-2', 'lua-4'] as const) await controller.pins.pin(key);
    expect(store.get().pins.map(({ title, scale }) => `${title} ${scale}`)).toEqual([
      'Decoded 1×',
      'LUA 2×',
      'LUA 4×',
    ]);
    expect(kept?.image.bitmap).toMatchObject({ isClosed: true });
    controller.pins.unpin(store.get().pins[0]?.key ?? '');
    expect(store.get().pins).toHaveLength(2);
  });

  it('does not stretch a kept picture to the shape of another file', async () => {
    const { client, store, controller, start } = setUp();
    await start();
    await finish(client, 2);
    await controller.pins.pin('decode-1');
    await controller.openFiles([file('wide.npy', latentBytes(8, 16))]);
    await settle();
    expect(paneCards(store.get()).at(-1)).toMatchObject({
      key: 'pin-1',
      phase: 'held',
      drawing: null,
      note: expect.stringContaining('64 × 64'),
    });
  });

  it('opens what was open last time in place of a demo, but not over what a link names', async () => {
    const restored = setUp();
    async function restore(): Promise<boolean> {
      await restored.controller.openOwnFiles([{ file: file('mine.npy'), override: { space: 'raw' } }], true);
      return true;
    }
    await restored.controller.start({ latentUrl: null, demoId: null, override: {}, restore });
    expect(restored.store.get().items.map(({ name }) => name)).toEqual(['mine.npy']);
    expect(currentItem(restored.store.get())?.latent?.space).toBe('raw');
    const linked = setUp();
    await linked.controller.start({ latentUrl: null, demoId: 'second', override: {}, restore });
    expect(linked.store.get().items.map(({ name }) => name)).toEqual(['second.npy']);
  });

  it('opens a demo, and says why, where what was open last time cannot be brought back', async () => {
    const { store, controller } = setUp();
    const restore = () => Promise.reject(missingPart('The part of the page that keeps files'));
    await controller.start({ latentUrl: null, demoId: null, override: {}, restore });
    expect(store.get().items.map(({ name }) => name)).toEqual(['first.npy']);
    expect(describeStatus(store.get()).text).toMatch(/new version.*Reload the page/);
  });

  it('decides a doubtful reading by decoding and encoding again, after the first picture', async () => {
    const { client, store, controller } = setUp([]);
    await controller.start({ latentUrl: null, demoId: null, override: {} });
    await controller.openFiles([file('unnamed.npy', doubtfulBytes(8, 8))]);
    await settle();
    expect(currentItem(store.get())?.source).toMatchObject({ reading: { confidence: 'guess' } });
    await finish(client, 12);
    expect(client.log[0]).toBe('load');
    expect(client.log.slice(1, 5)).toEqual(['decode decode 1', 'load', 'decode decode 1', 'encode']);
    expect(currentItem(store.get())?.isDecided).toBe(true);
    expect(phases(store.get())).toEqual(['done', 'done', 'done']);
  });

  it('decides it also where one picture is all that is shown', async () => {
    const { client, store, controller } = setUp([]);
    await controller.start({ latentUrl: null, demoId: null, override: {} });
    controller.show(['decode-1']);
    await controller.openFiles([file('unnamed.npy', doubtfulBytes(8, 8))]);
    await settle();
    await finish(client, 8);
    expect(client.log).toContain('encode');
    expect(currentItem(store.get())?.isDecided).toBe(true);
  });

  it('keeps the guess where the encoder for the test cannot be had', async () => {
    const { client, store, controller } = setUp([]);
    await controller.start({ latentUrl: null, demoId: null, override: {} });
    await controller.openFiles([file('unnamed.npy', doubtfulBytes(8, 8))]);
    await settle();
    await finish(client, 2);
    client.pending[0]?.fail(new AppError('model/fetch', 'The server was not reached. Try again.'));
    await settle();
    await finish(client, 3);
    expect(phases(store.get())).toEqual(['done', 'done', 'done']);
    expect(store.get().notice).toBeNull();
  });

  it('shows a demo beneath what is wrong with an address, so that nobody meets an empty page', async () => {
    const { store, follow } = setUp([demo('first')], true);
    await follow('https://example.org/gone.npy');
    expect(describeStatus(store.get()).text).toContain('404');
    expect(currentItem(store.get())?.name).toBe('first.npy');
  });

  it('measures the fine detail of the 2x picture and of the stretched one, once', async () => {
    const { client, store, controller, start } = setUp();
    await start();
    await finish(client, 4);
    const item = currentItem(store.get());
    expect(item?.stretched?.detail).toBe(item?.panes['lua-2']?.image?.width);
    expect(item?.panes['lua-2']?.detail).toBe(item?.panes['lua-2']?.image?.width);
    const stretched = item?.stretched;
    controller.runAgain(1, ['decode-1']);
    await finish(client, 1);
    expect(client.log.at(-1)).toBe('decode decode 1');
    expect(currentItem(store.get())?.stretched).toBe(stretched);
  });

  it('says what is wrong with an address and still opens what comes next', async () => {
    const { store, controller } = setUp();
    await controller.start({ latentUrl: 'https://example.org/gone.npy', demoId: null, override: {} });
    expect(describeStatus(store.get()).text).toContain('404');
    await controller.pickDemo('second');
    expect(currentItem(store.get())?.name).toBe('second.npy');
  });
});

describe('a link', () => {
  it('to another site says where it would fetch from, and fetches nothing without a click', async () => {
    const { store, follow, questions, fetched } = setUp([demo('first')], false);
    await follow('https://evil.example/latent.npy');
    expect(questions[0]?.text).toContain('from evil.example');
    expect(fetched).toEqual(['https://example.org/demos/first.npy']);
    expect(currentItem(store.get())?.name).toBe('first.npy');
  });

  it('to another site is opened after the click', async () => {
    const { store, follow } = setUp([demo('first')], true);
    await follow('https://friend.example/latent.npy');
    expect(currentItem(store.get())?.origin).toEqual({
      kind: 'url',
      url: 'https://friend.example/latent.npy',
    });
  });

  it('within the page’s own site is opened unasked', async () => {
    const { store, follow, questions } = setUp();
    await follow('https://example.org/latent.npy');
    expect(questions).toEqual([]);
    expect(currentItem(store.get())?.origin.kind).toBe('url');
  });

  it('that holds weights installs nothing: it says what they are, and keeps and chooses none unless asked to', async () => {
    const { client, store, follow, questions } = setUp([], false);
    client.nextWeights = TAEF2;
    await follow('https://example.org/vae.safetensors');
    await settle();
    expect(questions.map(({ title }) => title)).toEqual(['Add these weights?']);
    expect(questions[0]?.text).toContain('TAEF2 tiny decoder, 32 channels (FLUX.2)');
    expect(client.log).not.toContain('import');
    expect(store.get().models.choices).toEqual({});
    expect(store.get().notice?.text).toContain('was not added');
  });

  it('that holds weights adds them after the click', async () => {
    const { client, follow } = setUp([], true);
    client.nextWeights = TAEF2;
    await follow('https://example.org/vae.safetensors');
    await settle();
    expect(client.log).toContain('import');
  });
});

describe('downloading a latent', () => {
  const added = (id: StoredWeights['id']): StoredWeights => ({
    ...TAEF2,
    id,
    networks: [{ ...TAEF2.networks[0], role: 'upscaler', scales: [2, 4] }],
  });

  it('upscales with the weights of the latent on the stage, not with whatever was loaded last', async () => {
    const { client, store, controller, start } = setUp([demo('first')]);
    client.storage = { ...client.storage, weights: [added('user:aaaaaaaaaaaaaaaa')] };
    await start();
    await finish(client, 4);
    // Another LUA is chosen for the family, and its pictures are stopped before they begin.
    controller.models.choose('flux2', 'upscaler', 'user:aaaaaaaaaaaaaaaa');
    controller.stop();
    await settle();
    expect(store.get().engine.plan?.models.upscaler).toBe('flux2-upscaler');
    const latent = controller.latentAt(2);
    await settle();
    expect(client.log.slice(5)).toEqual(['load']);
    expect(client.pending[0]?.plan?.models.upscaler).toBe('user:aaaaaaaaaaaaaaaa');
    await finish(client, 2);
    expect(client.log.slice(5)).toEqual(['load', 'upscale lua 2']);
    expect((await latent).width).toBe(16);
    expect(store.get().engine.plan?.models.upscaler).toBe('user:aaaaaaaaaaaaaaaa');
  });

  it('waits its turn behind the picture that is being made, and is cancelled alone', async () => {
    const { client, store, controller, start } = setUp([demo('first')]);
    await start();
    await finish(client, 1);
    const latent = controller.latentAt(2);
    await settle();
    expect(client.log).toEqual(['load', 'decode decode 1']);
    await finish(client, 1);
    expect(client.log.at(-1), 'LUA, which the first picture did without').toBe('load');
    await finish(client, 1);
    expect(client.log.at(-1)).toBe('upscale lua 2');
    expect(describeStatus(store.get()).text).toBe('Upscaling the latent for the download');
    controller.stop();
    await expect(latent).rejects.toMatchObject({ name: 'AbortError' });
    await settle();
    expect(client.log.at(-1)).toBe('decode lua 2');
  });
});
