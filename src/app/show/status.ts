import { describeMade } from '../models/network-names.ts';
import { aboutTime, estimateMs } from '../run/estimate.ts';
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
  if (item === null) return still('idle', 'Drop a latent file or a picture anywhere on this page.');
  if (state.engine.failure !== null) return still('error', state.engine.failure);
  if (item.isStopped) return still('idle', item.message ?? 'Stopped. Finished pictures are kept.');
  const keys = wantedPanes(state, item).filter((key) => key !== 'reference');
  const done = keys.filter((key) => item.panes[key]?.status === 'done').length;
  if (done === keys.length) {
    return still(
      'done',
      done === 1 ? `${item.name} is ready.` : `${item.name}: all ${done} pictures are ready.`,
    );
  }
  return still('idle', done > 0 ? `${item.name}: ${done} of ${keys.length} pictures are ready.` : item.name);
}

function describeOpening({ step, file, loadedBytes, totalBytes }: Opening): string {
  if (step === 'read') return `Reading ${file}`;
  return `Fetching ${file}: ${formatBytes(loadedBytes)}${totalBytes > 0 ? ` of ${formatBytes(totalBytes)}` : ''}`;
}

function describeTransfer({ name, address, loadedBytes, totalBytes }: Transfer): string {
  if (loadedBytes === 0 && address === null) return `Looking at ${name}`;
  const verb = address === null ? 'Keeping' : 'Fetching';
  const total = totalBytes > 0 ? ` of ${formatBytes(totalBytes)}` : '';
  return `${verb} ${name}: ${formatBytes(loadedBytes)}${total}`;
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
  if (activity.what === 'decide') return 'Checking how to read this file';
  if (activity.what === 'convert' && (step === 'queued' || step === 'upscale')) {
    return `Converting the latent${tiles > 1 ? `, ${tile} of ${tiles} tiles done` : ''}`;
  }
  if (activity.what === 'latent' && (step === 'queued' || step === 'upscale')) {
    return `Upscaling the latent for the download${tiles > 1 ? `, ${tile} of ${tiles} tiles done` : ''}`;
  }
  const item = state.items.find(({ id }) => id === activity.itemId) ?? null;
  const name = activity.key === null ? null : describeMade(state, item, activity.key);
  const picture = `${isRepeat(state, activity) ? 'Timing again: ' : ''}${name === null ? 'the picture' : `${name.title} ${name.scale}`}`;
  const part = `${tiles > 1 ? `, ${tile} of ${tiles} tiles done` : ''}${timeOf(state, activity)}`;
  switch (step) {
    case 'fetch':
      return `${files > 1 ? 'Downloading the models' : `Fetching ${file}`}: ${formatBytes(loadedBytes)}${totalBytes > 0 ? ` of ${formatBytes(totalBytes)}` : ''}${stallOf(activity)}`;
    case 'verify':
      return `Checking ${file}`;
    case 'compile':
      return `${name === null ? file : picture}: setting up${timeOf(state, activity)}`;
    case 'warmup':
      return `Trying out ${file}`;
    case 'encode':
      return `Encoding the picture${part}`;
    case 'upscale':
      return `${picture}: upscaling the latent${part}`;
    case 'decode':
      return `${picture}: decoding${part}`;
    default:
      return activity.what === 'load'
        ? 'Loading the models'
        : activity.what === 'encode'
          ? 'Encoding the picture'
          : `${picture}: starting${backendOf(state)}`;
  }
}

const itemOf = (state: AppState, { itemId }: Activity): Item | undefined =>
  state.items.find(({ id }) => id === itemId);

/** How long a picture takes in all, where that is worth a word. */
function timeOf(state: AppState, activity: Activity): string {
  const item = itemOf(state, activity);
  if (item === undefined || activity.key === null) return '';
  const time = aboutTime(estimateMs(state, item, activity.key));
  return time === null ? '' : ` (${time} in all)`;
}

/** True where the picture is there already and is made once more for its time. */
const isRepeat = (state: AppState, activity: Activity): boolean =>
  activity.key !== null && itemOf(state, activity)?.panes[activity.key]?.image?.kind === 'final';

/** A stalled download is told, so that nobody waits for what does not come. */
const stallOf = ({ silentMs = 0 }: Activity): string =>
  silentMs > 0
    ? `, but nothing has come for ${Math.round(silentMs / 1000)} s. Wait, or cancel and try again.`
    : '';

const backendOf = (state: AppState): string =>
  state.engine.report === null
    ? ''
    : ` on ${state.engine.report.backend === 'webgpu' ? 'WebGPU' : 'the CPU'}`;
