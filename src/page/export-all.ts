import { methodTitle, scaleWord, upscalerName } from '../app/models/network-names.ts';
import type { Controller } from '../app/run/controller.ts';
import { exportedKeys } from '../app/run/export-picture.ts';
import { framesOf, itemAt } from '../app/run/video-pictures.ts';
import { pictureName, uniqueNames } from '../app/show/export-names.ts';
import { modelsOf, provenanceOf } from '../app/show/provenance.ts';
import type { PaneKey } from '../app/state/panes.ts';
import type { AppState, Item } from '../app/state/state.ts';
import { EXTENSIONS, type PictureFormat, pictureFile } from '../browser/picture-file.ts';
import { type ByteSink, createZip } from '../browser/zip-sink.ts';

export interface ExportJob {
  readonly items: readonly Item[];
  /** Every picture of a video, not the one that is looked at. */
  readonly isEveryFrame: boolean;
  readonly format: PictureFormat;
  readonly sink: ByteSink;
  readonly signal: AbortSignal;
  /** `done` of `total` pictures are in the ZIP. */
  report(done: number, total: number): void;
}

/** One picture in the list that goes along. */
interface ListedPicture {
  readonly file: string;
  readonly source: string;
  readonly method: string;
  readonly scale: string;
  readonly width: number;
  readonly height: number;
  readonly models: readonly string[];
  readonly totalMs: number | null;
}

/**
 * Writes every shown picture of the items into a ZIP, those that are not there made aside, with a list of what each is. Pictures
 * that fail are left out and told; the rest is worth having. Resolves with the sentences of those. Rejects where the ZIP itself
 * cannot be written, or with the signal's reason.
 */
export async function exportAll(
  job: ExportJob,
  state: () => AppState,
  controller: Controller,
): Promise<readonly string[]> {
  const wanted = job.items.flatMap((item) =>
    (job.isEveryFrame ? framesOf(state(), item) : [null]).flatMap((frame) =>
      exportedKeys(state(), item).map((key) => ({ opened: item, frame, key })),
    ),
  );
  const zip = createZip(job.sink);
  const named = uniqueNames();
  const listed: ListedPicture[] = [];
  const failures: string[] = [];
  for (const [index, { opened, frame, key }] of wanted.entries()) {
    job.signal.throwIfAborted();
    job.report(index, wanted.length);
    const item = await itemAt(state(), opened, frame);
    const name = named(
      pictureName(item, key, EXTENSIONS[job.format.type], upscalerName(state(), item.latent?.family ?? null)),
    );
    try {
      const { blob, ...told } = await onePicture(item, key, job, state, controller);
      await zip.add(name, new Uint8Array(await blob.arrayBuffer()));
      listed.push({
        file: name,
        source: item.name,
        method: methodTitle(state(), item, key),
        scale: scaleWord(key),
        ...told,
      });
    } catch (error) {
      job.signal.throwIfAborted();
      failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  job.report(wanted.length, wanted.length);
  if (listed.length === 0) throw new Error(failures[0] ?? 'there is no picture to export');
  const list = JSON.stringify({ format: 'latentlift-pictures', version: 1, pictures: listed }, null, 2);
  await zip.add(named('pictures.json'), new TextEncoder().encode(list));
  await zip.end();
  return failures;
}

async function onePicture(
  item: Item,
  key: PaneKey,
  { format, signal }: ExportJob,
  state: () => AppState,
  controller: Controller,
) {
  const texts = await provenanceOf(state(), item, key);
  const open = state().items.find(({ id }) => id === item.id);
  const isOther = open !== undefined && open.latent !== item.latent;
  const pane = isOther ? undefined : open?.panes[key];
  const finished = pane?.image?.kind === 'final' ? pane.image : null;
  const made =
    finished === null
      ? await controller.pictureFor(item.id, key, signal, isOther ? item.latent : null)
      : null;
  const picture = finished?.bitmap ?? made?.bitmap;
  if (picture === undefined) throw new Error('there is no picture');
  const { width, height } = picture;
  const blob = await pictureFile(picture, format, texts);
  made?.bitmap.close();
  const timings = made?.timings ?? pane?.runs.at(-1);
  const totalMs = timings === undefined ? null : Math.round(timings.totalMs - timings.queuedMs);
  return { blob, width, height, models: modelsOf(state(), item, key), totalMs };
}
