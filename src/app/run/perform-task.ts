import type { Progress } from '../../contract/call.ts';
import type { LoadPlan } from '../../contract/engine.ts';
import { AppError, isAbort } from '../../core/errors.ts';
import type { Latent } from '../../core/latent/latent.ts';
import { focusSpot } from '../show/focus-spot.ts';
import { sentenceOf } from '../show/messages.ts';
import type { Action } from '../state/actions.ts';
import { type PaneKey, parsePaneKey } from '../state/panes.ts';
import { type Activity, type AppState, type Item, type PaneImage, placeholderOf } from '../state/state.ts';
import type { Store } from '../state/store.ts';
import { ensureLoaded } from './ensure-loaded.ts';
import { createFetchWatch, type FetchReport } from './fetch-watch.ts';
import { planFor } from './next-task.ts';
import { makePreview } from './open-source.ts';
import { paneSize } from './pane-size.ts';
import { createProjection } from './project-step.ts';
import { finalImage, study } from './study.ts';
import type { OwnTask, Task, TaskContext } from './task.ts';

/** Carries out one task to its end in the state: done, failed with a sentence, or as if it had never begun. Never rejects. */
export async function performTask(task: OwnTask, context: TaskContext): Promise<void> {
  const { store } = context;
  const item = store.get().items.find(({ id }) => id === task.itemId);
  if (item === undefined) return;
  store.dispatch({ type: 'activity-changed', activity: idle(task) });
  try {
    if (task.kind === 'load') await load(task, task.plan, context);
    else if (task.kind === 'encode') await encode(task, item, context);
    else if (task.kind === 'decide') {
      const { decideReading } = await import('./decide-reading.ts');
      await decideReading(item, context);
    } else await makePane(task, item, context);
  } catch (error) {
    fail(task, error, context);
  }
  store.dispatch({ type: 'activity-changed', activity: null });
}

function fail(task: OwnTask, error: unknown, { store, signal }: TaskContext): void {
  const message = sentenceOf(error);
  const isStopped = store.get().items.find(({ id }) => id === task.itemId)?.isStopped ?? true;
  // Browsers throw AbortErrors of their own; only the one that was asked for is a cancel.
  if (isAbort(error) && signal.aborted) {
    if (task.kind === 'pane' && !isStopped) {
      store.dispatch({ type: 'pane-interrupted', id: task.itemId, key: task.key });
    }
    return;
  }
  if (task.kind === 'decide') {
    store.dispatch({ type: 'item-decided', id: task.itemId });
    return;
  }
  if (task.kind === 'load') store.dispatch({ type: 'engine-failed', message });
  else if (task.kind === 'encode') store.dispatch({ type: 'item-failed', id: task.itemId, message });
  else store.dispatch({ type: 'pane-failed', id: task.itemId, key: task.key, message });
  store.dispatch({ type: 'notice-changed', notice: { tone: 'error', text: message } });
}

export const idle = (task: Task): Activity => ({
  what: task.kind,
  itemId: task.itemId,
  key: task.kind === 'pane' ? task.key : null,
  step: 'queued',
  tile: 0,
  tiles: 0,
  file: '',
  loadedBytes: 0,
  totalBytes: 0,
});

/** What the engine tells on the way, as the status line's activity; painted tiles go elsewhere. */
export function follow(task: Task, store: Store<AppState, Action>): (progress: Progress) => void {
  const projected = createProjection();
  return (progress) => {
    if (progress.kind === 'paint') return progress.bitmap.close();
    const { kind, ...details } = progress;
    const activity = { ...idle(task), step: kind, ...details, ...projected(progress) };
    store.dispatch({ type: 'activity-changed', activity });
  };
}

/** Has `plan` loaded, and tells how the downloads go. */
export async function load(task: Task, plan: LoadPlan, context: TaskContext): Promise<void> {
  const { store } = context;
  const watch = createFetchWatch();
  const tell = follow(task, store);
  function show({ kind, ...details }: FetchReport): void {
    store.dispatch({ type: 'activity-changed', activity: { ...idle(task), step: kind, ...details } });
  }
  // A download that stalls tells nothing: somebody has to look.
  const timer = setInterval(() => {
    const stalled = watch.stalled();
    if (stalled !== null) show(stalled);
  }, 1000);
  try {
    await ensureLoaded(plan, context, (progress) =>
      progress.kind === 'fetch' ? show(watch.note(progress)) : tell(progress),
    );
  } finally {
    clearInterval(timer);
  }
}

/** The latent of the task's item, upscaled with the weights that are chosen for it. Rejects with an AppError or AbortError. */
export async function upscaledLatent(task: Task & { kind: 'latent' }, context: TaskContext): Promise<Latent> {
  const { client, store, signal } = context;
  const item = store.get().items.find(({ id }) => id === task.itemId);
  if (item?.latent == null) {
    throw new AppError('latent/empty', 'The latent was closed before it could be upscaled. Open it again.');
  }
  store.dispatch({ type: 'activity-changed', activity: idle(task) });
  try {
    const plan = planFor(store.get(), item, [`lua-${task.scale}`]);
    if (plan !== null) await load(task, plan, context);
    const job = { latent: item.latent, scale: task.scale, method: 'lua' } as const;
    return await client.upscale(job, { signal, onProgress: follow(task, store) });
  } finally {
    store.dispatch({ type: 'activity-changed', activity: null });
  }
}

async function encode(
  task: Task,
  item: Item,
  { client, store, platform, signal }: TaskContext,
): Promise<void> {
  if (item.source.kind !== 'picture') return;
  const { picture, reference } = await platform.preparePicture(item.source.blob, item.source.settings);
  signal.throwIfAborted();
  const encoded = await client.encode(picture, { signal, onProgress: follow(task, store) });
  const preview = await makePreview(encoded.latent, platform);
  signal.throwIfAborted();
  store.dispatch({
    type: 'picture-encoded',
    id: item.id,
    source: { ...item.source, encodeMs: encoded.encodeMs },
    latent: encoded.latent,
    preview,
    reference: reference === null ? null : finalImage(reference),
  });
}

async function makePane(task: Task & { kind: 'pane' }, item: Item, context: TaskContext): Promise<void> {
  const { client, store, signal } = context;
  const kind = parsePaneKey(task.key);
  if (item.latent === null || kind === null || kind.method === 'reference') return;
  store.dispatch({ type: 'pane-started', id: item.id, key: task.key });
  const painter = tilePainter(item, task.key, context);
  const note = follow(task, store);
  // The view opens on that spot: what is looked at comes first.
  const from = focusSpot(store.get(), item);
  const job = { latent: item.latent, scale: kind.scale, method: kind.method, from };
  const decoded = await client.decode(job, {
    signal,
    onProgress: (progress) => (progress.kind === 'paint' ? painter(progress) : note(progress)),
  });
  if (signal.aborted) {
    decoded.bitmap.close();
    signal.throwIfAborted();
  }
  const previous = item.panes[task.key]?.image ?? null;
  store.dispatch({
    type: 'pane-done',
    id: item.id,
    key: task.key,
    image: finalImage(decoded.bitmap),
    tiles: decoded.tiles,
    timings: decoded.timings,
  });
  if (previous?.kind === 'final' && 'close' in previous.bitmap) previous.bitmap.close();
  // A repeat gives the same picture.
  if (previous?.kind !== 'final') void study(item, task.key, decoded.bitmap, context);
  await measure(item, task.key, decoded.bitmap, context);
}

type Paint = Progress & { readonly kind: 'paint' };

/** Paints tiles over the stretched placeholder as they come; a repeat of a finished picture shows nothing half-made. */
function tilePainter(item: Item, key: PaneKey, { store, platform }: TaskContext): (paint: Paint) => void {
  const { width, height } = paneSize(item, key);
  let canvas: OffscreenCanvas | null = null;
  let version = 0;
  return (paint) => {
    const hasFinal = item.panes[key]?.image?.kind === 'final';
    if (!hasFinal) {
      if (canvas === null) {
        canvas = platform.createCanvas(width, height);
        const placeholder = placeholderOf(item);
        if (placeholder !== null) {
          canvas.getContext('2d')?.drawImage(placeholder.bitmap, 0, 0, width, height);
        }
      }
      canvas.getContext('2d')?.drawImage(paint.bitmap, paint.x, paint.y, paint.width, paint.height);
      const image: PaneImage = { bitmap: canvas, width, height, kind: 'partial', version: ++version };
      store.dispatch({ type: 'pane-painted', id: item.id, key, image });
    }
    paint.bitmap.close();
  };
}

/** Compares a picture with the original where the two have one size. Where that fails, the picture is there all the same. */
async function measure(
  item: Item,
  key: PaneKey,
  bitmap: ImageBitmap,
  { store, platform, signal }: TaskContext,
): Promise<void> {
  const { reference } = item;
  if (reference === null || reference.width !== bitmap.width || reference.height !== bitmap.height) return;
  try {
    const quality = await platform.compare(bitmap, reference.bitmap as ImageBitmap);
    store.dispatch({ type: 'pane-measured', id: item.id, key, quality });
  } catch (error) {
    // A picture that was closed meanwhile cannot be compared, and nobody misses its figure.
    if (signal.aborted) return;
    store.dispatch({ type: 'notice-changed', notice: { tone: 'error', text: sentenceOf(error) } });
  }
}
