import type { Scale } from '../../contract/engine.ts';
import { isAbort } from '../../core/errors.ts';
import type { Latent } from '../../core/latent/latent.ts';
import type { Override } from '../../core/latent/reading.ts';
import { createModelsController } from '../models/models-controller.ts';
import { sentenceOf } from '../show/messages.ts';
import type { Action } from '../state/actions.ts';
import type { PaneKey } from '../state/panes.ts';
import { currentItem, type PictureSettings } from '../state/state.ts';
import type { ControllerDeps, StartRequest } from './controller-deps.ts';
import type { Conversion } from './conversions.ts';
import { type MadePicture, makePicture } from './export-picture.ts';
import { createItemOpener, type OwnFile } from './item-opener.ts';
import { memberAt, openMember } from './members.ts';
import { nextTask } from './next-task.ts';
import { makePreview, rereadLatent } from './open-source.ts';
import { performTask, upscaledLatent } from './perform-task.ts';
import { createPins } from './pin-pictures.ts';
import { closeImages, overBudget } from './release-images.ts';
import { isErrand, isSameWork } from './same-work.ts';
import type { Task } from './task.ts';

export type Controller = ReturnType<typeof createController>;

/**
 * Turns what a person wants into calls of the engine, and what comes of them into actions. One engine task at a time,
 * always the most wanted one (next-task.ts): whatever changes the wish aborts a task that is no longer it.
 */
export function createController(deps: ControllerDeps) {
  const { client, store, platform, listModels, listDemos, isEngineAllowed = Promise.resolve() } = deps;
  let job: { readonly task: Task; readonly abort: AbortController } | null = null;
  /** What was asked for beside the state's own wishes; it goes before them, and answers whoever asked. */
  const errands: { readonly task: Task; readonly abort: AbortController; perform(): Promise<void> }[] = [];

  function notify(error: unknown): void {
    if (!isAbort(error)) {
      store.dispatch({ type: 'notice-changed', notice: { tone: 'error', text: sentenceOf(error) } });
    }
  }
  const opener = createItemOpener({
    store,
    platform,
    notify,
    onOpened: () => reconsider(),
    ...(deps.onOwnFile && { onOwnFile: deps.onOwnFile }),
    onWeights: (file, name, address) =>
      void (address === null ? models.addFile(file, name) : models.offer(file, name, address)),
  });
  const { choiceStorage: storage, keepStorage } = deps;
  const models = createModelsController({
    client,
    store,
    ask: platform.ask,
    storage,
    keepStorage,
    onChanged: () => reconsider(),
  });

  async function pump(): Promise<void> {
    while (job === null) {
      const next = errands.shift() ?? ownWork();
      if (next === null) return;
      job = next;
      await next.perform();
      job = null;
      for (const id of overBudget(store.get())) release(id);
    }
  }

  function ownWork(): (typeof errands)[number] | null {
    const task = nextTask(store.get());
    if (task === null) return null;
    const abort = new AbortController();
    return {
      task,
      abort,
      perform: () => performTask(task, { client, store, platform, signal: abort.signal }),
    };
  }

  /** Does `task` in its turn. */
  function errand<R>(
    task: Task,
    work: (signal: AbortSignal) => Promise<R>,
    signal?: AbortSignal,
  ): Promise<R> {
    const abort = new AbortController();
    signal?.addEventListener('abort', () => abort.abort(), { once: true });
    return new Promise((resolve, reject) => {
      errands.push({ task, abort, perform: () => work(abort.signal).then(resolve, reject) });
      void pump();
    });
  }

  /** Ends a running task that the state no longer wants most, then starts the one it does. */
  function reconsider(): void {
    const wanted = nextTask({ ...store.get(), activity: null });
    if (job !== null && !isSameWork(job.task, wanted, store.get())) job.abort.abort();
    void pump();
    models.suggest().catch(() => {});
  }

  function release(id: number): void {
    const item = store.get().items.find((candidate) => candidate.id === id);
    store.dispatch({ type: 'item-released', id });
    if (item !== undefined) closeImages(item);
  }

  function stopCurrent(): void {
    // What is being opened has the status line, and so the button.
    if (opener.cancel()) return;
    // A download is stopped alone: the pictures are wanted still.
    if (job !== null && isErrand(job.task)) {
      job.abort.abort();
      return;
    }
    const item = currentItem(store.get());
    const id = job?.task.itemId ?? item?.id;
    if (id !== undefined) store.dispatch({ type: 'item-stopped', id });
    reconsider();
  }

  /** Reads the list of models, and puts it in force after `own`. Without it nothing can be loaded: every pane says so. */
  async function list(own: Promise<unknown> = Promise.resolve()): Promise<void> {
    const listed = listModels().then(
      (models): Action => ({ type: 'models-listed', models }),
      (error: unknown): Action => ({ type: 'engine-failed', message: sentenceOf(error) }),
    );
    await own;
    store.dispatch(await listed);
    reconsider();
  }

  function onCurrent(act: (id: number) => void): void {
    const item = currentItem(store.get());
    if (item !== null) act(item.id);
    reconsider();
  }

  return {
    /** The person's own weights. */
    models,

    /** Pictures that stay on the stage for comparison. */
    pins: createPins({ store, platform }),

    /** Asks the device, lists models and demos, and opens the first picture. Each failure is a sentence of its own. */
    async start(request: StartRequest): Promise<void> {
      const device = isEngineAllowed
        .then(() => client.probe(store.get().engine.request))
        .then((report) => store.dispatch({ type: 'device-probed', device: report }), notify);
      // The first plan is made with the person's own weights, if that is what was chosen.
      const own = isEngineAllowed.then(() => models.start());
      const listed = list(own);
      const { latentUrl } = request;
      const isLinkFollowed =
        latentUrl === null
          ? Promise.resolve(false)
          : import('./question.ts').then(({ mayFollow }) => mayFollow(latentUrl, platform));
      const linked = isLinkFollowed.then((isFollowed) =>
        isFollowed && latentUrl !== null ? opener.openUrl(latentUrl, request.override) : undefined,
      );
      const first = listDemos().then(async (demos) => {
        store.dispatch({ type: 'demos-listed', demos });
        const isFollowed = await isLinkFollowed;
        await linked;
        const { notice, items } = store.get();
        // Whoever came by a dead link sees what the page does, and still why the link showed nothing.
        const isDead = isFollowed && items.length === 0 && notice?.tone === 'error';
        if (isFollowed && !isDead) return;
        // What a person opened meanwhile has the stage.
        const isTaken = (): boolean => opener.requests() > (isFollowed ? 1 : 0);
        if (isTaken()) return;
        if (latentUrl === null && request.demoId === null && (await request.restore?.())) return;
        if (isTaken()) return;
        const demo = demos.find(({ id }) => id === request.demoId) ?? demos[0];
        if (demo !== undefined) await opener.openDemo(demo, isFollowed ? {} : request.override);
        if (isDead) store.dispatch({ type: 'notice-changed', notice });
      }, notify);
      await Promise.all([device, listed, first]);
    },

    /** Opens files in order; the first that is good takes the stage and ends what ran before. */
    openFiles: (files: readonly File[]): Promise<void> =>
      opener.openFiles(files.map((file) => ({ file, override: {} }))),

    /** The same for files that were open before, read as the person had corrected them. */
    openOwnFiles: (files: readonly OwnFile[], isSelected: boolean): Promise<void> =>
      opener.openFiles(files, { isSelected }),

    /** Shows another latent of the batch that item `id` belongs to: the open one, or a new item beside it. */
    async showMember(id: number, index: number): Promise<void> {
      const item = store.get().items.find((candidate) => candidate.id === id);
      if (item === undefined) return;
      const known = memberAt(store.get(), item, index);
      if (known !== null) return this.select(known.id);
      const made = await openMember(item, index, platform).catch(notify);
      if (made != null) opener.add(made, true);
    },

    openUrl: (url: string): Promise<void> => opener.openUrl(url, {}),

    async pickDemo(id: string): Promise<void> {
      const state = store.get();
      const opened = state.items.find(({ origin }) => origin.kind === 'demo' && origin.id === id);
      if (opened !== undefined) return this.select(opened.id);
      const demo = state.demos.find((candidate) => candidate.id === id);
      if (demo !== undefined) await opener.openDemo(demo, {});
    },

    select(id: number): void {
      store.dispatch({ type: 'item-selected', id });
      reconsider();
    },

    remove(id: number): void {
      const item = store.get().items.find((candidate) => candidate.id === id);
      store.dispatch({ type: 'item-removed', id });
      if (item !== undefined) closeImages(item);
      reconsider();
    },

    /** Ends what runs; finished panes stay. */
    stop: stopCurrent,

    /** Takes up a stopped or failed item again, the engine's own failure included. */
    resume(): void {
      store.dispatch({ type: 'engine-retried' });
      if (store.get().engine.models === null) void list();
      onCurrent((id) => store.dispatch({ type: 'item-resumed', id }));
    },

    /** Reads the current file another way; a reading that fails leaves everything as it was and says why. */
    async reread(change: Override): Promise<void> {
      const item = currentItem(store.get());
      if (item?.source.kind !== 'latent') return;
      try {
        const override = { ...item.source.override, ...change };
        const { source, latent } = await rereadLatent(item.source, item.name, override);
        const preview = await makePreview(latent, platform);
        store.dispatch({ type: 'latent-reread', id: item.id, source, latent, preview });
        closeImages(item);
        reconsider();
      } catch (error) {
        notify(error);
      }
    },

    /** Encodes the current picture again under other settings. */
    setPicture(change: Partial<PictureSettings>): void {
      const item = currentItem(store.get());
      if (item?.source.kind !== 'picture') return;
      const settings = { ...item.source.settings, ...change };
      store.dispatch({ type: 'picture-set', id: item.id, settings });
      closeImages(item);
      reconsider();
    },

    show(keys: readonly PaneKey[]): void {
      store.dispatch({ type: 'panes-shown', keys });
      reconsider();
    },

    /** Makes one pane that was held back, or that failed. */
    ask: (key: PaneKey): void => onCurrent((id) => store.dispatch({ type: 'pane-asked', id, key })),

    /** Repeats every picture of the current item, or those of `keys`. */
    runAgain: (times: number, keys?: readonly PaneKey[]): void =>
      onCurrent((id) => store.dispatch({ type: 'runs-asked', id, times, ...(keys && { keys }) })),

    /** The current latent at `scale`, upscaled with LUA where that is 2 or 4. Rejects with a sentence. */
    async latentAt(scale: Scale, signal?: AbortSignal): Promise<Latent> {
      const item = currentItem(store.get());
      if (item?.latent == null) throw new Error('nothing is open');
      if (scale === 1) return item.latent;
      const task = { kind: 'latent', itemId: item.id, scale } as const;
      return errand(task, (signal) => upscaledLatent(task, { client, store, platform, signal }), signal);
    },

    /** Turns the current latent into one of another family; it opens beside it. */
    async convert(conversion: Conversion): Promise<void> {
      const item = currentItem(store.get());
      if (item === null) return;
      const { convertLatent } = await import('./convert-latent.ts');
      const made = await errand({ kind: 'convert', itemId: item.id }, (signal) =>
        convertLatent(item, conversion, { client, store, platform, signal }),
      ).catch(notify);
      if (made !== undefined) opener.add(made, true);
    },

    /** The picture `key` of an item for an export, made aside where the item has none. Rejects with a sentence. */
    pictureFor(itemId: number, key: PaneKey, signal?: AbortSignal): Promise<MadePicture> {
      const task = { kind: 'picture', itemId, key } as const;
      return errand(task, (signal) => makePicture(itemId, key, { client, store, platform, signal }), signal);
    },

    say: (tone: 'error' | 'info', text: string): void =>
      store.dispatch({ type: 'notice-changed', notice: { tone, text } }),

    dismissNotice: (): void => store.dispatch({ type: 'notice-changed', notice: null }),
    notify,
  };
}
