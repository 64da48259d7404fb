import { workWords } from '../../words/work.ts';
import { describeMade } from '../models/network-names.ts';
import { aboutTime, estimateMs } from '../run/estimate.ts';
import { leftMs } from '../run/project-step.ts';
import type { Transfer } from '../state/models-state.ts';
import {
  type Activity,
  type AppState,
  currentItem,
  type Item,
  type Opening,
  wantedPanes,
} from '../state/state.ts';
import { formatBytes } from './figures.ts';

/** The status line: one sentence, how far (0..1, null where unknown), and whether there is something to cancel. */
export interface Status {
  readonly tone: 'idle' | 'busy' | 'done' | 'error';
  readonly text: string;
  readonly progress: number | null;
  readonly canCancel: boolean;
}

/** What to say of the state right now. A notice stays until something is opened or it is dismissed. */
export function describeStatus(state: AppState): Status {
  const { activity, notice, opening } = state;
  if (opening !== null) {
    return {
      tone: 'busy',
      text: describeOpening(opening),
      progress: opening.totalBytes > 0 ? opening.loadedBytes / opening.totalBytes : null,
      canCancel: true,
    };
  }
  if (notice !== null) {
    return {
      tone: notice.tone === 'error' ? 'error' : 'done',
      text: notice.text,
      progress: activity === null ? null : progressOf(activity),
      canCancel: activity !== null,
    };
  }
  const [transfer] = state.models.transfers;
  if (transfer !== undefined) {
    const { loadedBytes, totalBytes } = transfer;
    return {
      tone: 'busy',
      text: describeTransfer(transfer),
      progress: totalBytes > 0 ? loadedBytes / totalBytes : null,
      canCancel: true,
    };
  }
  if (activity !== null) {
    return {
      tone: 'busy',
      text: describeActivity(state, activity),
      progress: progressOf(activity),
      canCancel: true,
    };
  }
  const item = currentItem(state);
  if (item === null) return still('idle', workWords().drop);
  if (state.engine.failure !== null) return still('error', state.engine.failure);
  if (item.isStopped) return still('idle', item.message ?? workWords().stopped);
  const keys = wantedPanes(state, item).filter((key) => key !== 'reference');
  const done = keys.filter((key) => item.panes[key]?.status === 'done').length;
  if (done === keys.length) {
    return still('done', workWords().ready(item.name, done));
  }
  return still('idle', done > 0 ? workWords().partlyReady(item.name, done, keys.length) : item.name);
}

function describeOpening({ step, file, loadedBytes, totalBytes }: Opening): string {
  const say = workWords();
  return step === 'read' ? say.reading(file) : say.fetching(file, partOf(loadedBytes, totalBytes));
}

/** `1.2 MB of 5.6 MB`; the first alone where the whole is unknown. */
export const partOf = (loadedBytes: number, totalBytes: number): string =>
  totalBytes > 0
    ? workWords().of(formatBytes(loadedBytes), formatBytes(totalBytes))
    : formatBytes(loadedBytes);

function describeTransfer({ name, address, loadedBytes, totalBytes }: Transfer): string {
  const say = workWords();
  if (loadedBytes === 0 && address === null) return say.looking(name);
  const part = partOf(loadedBytes, totalBytes);
  return address === null ? say.keeping(name, part) : say.fetching(name, part);
}

const still = (tone: Status['tone'], text: string): Status => ({
  tone,
  text,
  progress: null,
  canCancel: false,
});

function progressOf({ step, tile, tiles, loadedBytes, totalBytes }: Activity): number | null {
  if (step === 'fetch' || step === 'verify') return totalBytes > 0 ? loadedBytes / totalBytes : null;
  return tiles > 1 ? tile / tiles : null;
}

function describeActivity(state: AppState, activity: Activity): string {
  const { step, tile, tiles, file, files = 1, loadedBytes, totalBytes } = activity;
  const say = workWords();
  const done = tiles > 1 ? say.tiles(tile, tiles) : '';
  if (activity.what === 'decide') return say.deciding;
  if (activity.what === 'convert' && (step === 'queued' || step === 'upscale')) return say.converting + done;
  if (activity.what === 'latent' && (step === 'queued' || step === 'upscale')) {
    return say.upscalingToSave + done;
  }
  const item = state.items.find(({ id }) => id === activity.itemId) ?? null;
  const name = activity.key === null ? null : describeMade(state, item, activity.key);
  const what = name === null ? say.thePicture : `${name.title} ${name.scale}`;
  const picture = isRepeat(state, activity) ? say.timing(what) : what;
  const part = done + timeOf(state, activity);
  switch (step) {
    case 'fetch': {
      const bytes = partOf(loadedBytes, totalBytes);
      return (files > 1 ? say.downloading(bytes) : say.fetching(file, bytes)) + stallOf(activity);
    }
    case 'verify':
      return say.checking(file);
    case 'compile':
      return say.settingUp(name === null ? file : picture) + timeOf(state, activity);
    case 'warmup':
      return say.trying(file);
    case 'encode':
      return say.encoding + part;
    case 'upscale':
      return say.upscaling(picture) + part;
    case 'decode':
      return say.decoding(picture) + part;
    default:
      if (activity.what === 'load') return say.loading;
      return activity.what === 'encode' ? say.encoding : startingOn(picture, state);
  }
}

const itemOf = (state: AppState, { itemId }: Activity): Item | undefined =>
  state.items.find(({ id }) => id === itemId);

/** How long a picture takes in all, or what is left of a step that tells; where that is worth a word. */
function timeOf(state: AppState, activity: Activity): string {
  const item = itemOf(state, activity);
  if (item === undefined || activity.key === null) return '';
  // Finished tiles know better than other pictures' runs.
  const left = leftMs(activity);
  if (left !== null) {
    const time = aboutTime(left);
    return time === null ? '' : workWords().left(time);
  }
  const time = aboutTime(estimateMs(state, item, activity.key));
  return time === null ? '' : workWords().inAll(time);
}

/** True where the picture is there already and is made once more for its time. */
const isRepeat = (state: AppState, activity: Activity): boolean =>
  activity.key !== null && itemOf(state, activity)?.panes[activity.key]?.image?.kind === 'final';

/** A stalled download is told, so that nobody waits for what does not come. */
const stallOf = ({ silentMs = 0 }: Activity): string =>
  silentMs > 0 ? workWords().stalled(Math.round(silentMs / 1000)) : '';

function startingOn(picture: string, { engine: { report } }: AppState): string {
  const say = workWords();
  if (report === null) return say.starting(picture);
  return say.startingOn(picture, report.backend === 'webgpu' ? 'WebGPU' : say.cpu);
}
