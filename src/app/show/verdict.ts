import { decimal } from '../../words/numbers.ts';
import { verdictWords } from '../../words/verdict.ts';
import { upscalerName } from '../models/network-names.ts';
import { aboutTime } from '../run/estimate.ts';
import { whyMissing } from '../run/next-task.ts';
import { paneSize } from '../run/pane-size.ts';
import { MAX_STUDIED_PIXELS } from '../run/study.ts';
import { type AppState, currentItem, type Item, type Pane } from '../state/state.ts';
import { figuresOf, formatMs } from './figures.ts';

/** What came out of the comparison of LUA with enlarging pixels, as one sentence. */
export interface Verdict {
  readonly tone: 'pending' | 'better' | 'even' | 'worse';
  readonly text: string;
}

/** Shares within which two pictures are said to have equally much. */
const EVEN = 0.05;

/** The tone and the words for an upscaler's share of the fine detail that stretching has; losing is said. */
export function detailWords(share: number, upscaler = 'LUA'): Verdict {
  const say = verdictWords();
  const two = decimal(share, 2);
  if (Math.abs(share - 1) <= EVEN) return { tone: 'even', text: say.even(upscaler, two) };
  return share > 1
    ? { tone: 'better', text: say.better(upscaler, decimal(share, share < 9.95 ? 1 : 0)) }
    : { tone: 'worse', text: say.worse(upscaler, two) };
}

/** The verdict on the current item, from measured figures alone. */
export function verdictOf(state: AppState): Verdict {
  const item = currentItem(state);
  const say = verdictWords();
  const pending = (text: string): Verdict => ({ tone: 'pending', text });
  if (item === null) return pending(say.openToCompare);
  const name = upscalerName(state, item.latent?.family ?? null);
  const missing = whyMissing(state, item, 'lua-2');
  if (missing !== null) return pending(say.nothingToCompare);
  const lua = item.panes['lua-2'];
  if (!state.shown.includes('lua-2') && lua === undefined) {
    return pending(say.showToCompare(name));
  }
  if (lua?.status === 'failed') return pending(say.failedToCompare(name));
  if (lua === undefined || lua.runs.length === 0) {
    return pending(say.pending(name));
  }
  const time = formatMs(best(lua)?.upscaleMs ?? 0);
  if (item.stretched === null || lua.detail === null) {
    return pending(say.took(name, time) + whyUnmeasured(item));
  }
  const words = detailWords(lua.detail / item.stretched.detail, name);
  const parts = [words.text, say.inTime(time), rivalOf(state, item, lua), qualityOf(item, lua), say.stop];
  return { ...words, text: parts.join('') };
}

/** Why no share of detail is known although LUA has run. */
function whyUnmeasured(item: Item): string {
  const { width, height } = paneSize(item, 'lua-2');
  if (width * height > MAX_STUDIED_PIXELS) return verdictWords().tooLarge;
  return item.panes['decode-1'] === undefined ? verdictWords().showFirst : verdictWords().comparing;
}

const best = ({ runs }: Pane) => figuresOf(runs, 'warm') ?? figuresOf(runs, 'cold');

/** The pixel-space network beside it, where it has run: its time, and where it has more detail. While it first runs, what its tiles tell. */
function rivalOf({ activity }: AppState, item: Item, lua: Pane): string {
  const rival = item.panes['pixel-upscaler-2'];
  if (rival === undefined || rival.runs.length === 0) {
    const isRunning = activity?.key === 'pixel-upscaler-2' && activity.itemId === item.id;
    const expected = isRunning ? aboutTime(activity.stepMs ?? null) : null;
    return expected === null ? '' : verdictWords().rivalExpected(expected);
  }
  const time = formatMs(best(rival)?.upscaleMs ?? 0);
  const isSharper = rival.detail !== null && lua.detail !== null && rival.detail > lua.detail * (1 + EVEN);
  return isSharper ? verdictWords().rivalSharper(time) : verdictWords().rival(time);
}

/** How near the original LUA and the bicubic come, where there is one to compare with. */
function qualityOf(item: Item, lua: Pane): string {
  const stretched = item.panes['pixel-bicubic-2']?.quality;
  if (lua.quality === null || !stretched) return '';
  const gain = lua.quality.psnr - stretched.psnr;
  const decibels = decimal(Math.abs(gain), 2);
  return gain < 0 ? verdictWords().farther(decibels) : verdictWords().nearer(decibels);
}
