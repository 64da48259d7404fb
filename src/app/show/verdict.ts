import { upscalerName } from '../models/network-names.ts';
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

/** How the share is measured, for whoever asks. */
export const DETAIL_MEASURE =
  'Fine detail: the mean squared difference of neighbouring pixels, compared with the 1× picture enlarged by bicubic. Wrong detail counts as well: look at the pictures.';

/** The tone and the words for an upscaler's share of the fine detail that stretching has; losing is said. */
export function detailWords(share: number, upscaler = 'LUA'): Verdict {
  const figure = `${share.toFixed(share < 9.95 ? 1 : 0)}×`;
  if (Math.abs(share - 1) <= EVEN) {
    return {
      tone: 'even',
      text: `${upscaler} 2× has no more fine detail than stretching here (${share.toFixed(2)}×)`,
    };
  }
  return share > 1
    ? { tone: 'better', text: `${upscaler} 2× has ${figure} the fine detail of stretching` }
    : {
        tone: 'worse',
        text: `${upscaler} 2× is softer than stretching here: ${share.toFixed(2)}× its fine detail`,
      };
}

/** The verdict on the current item, from measured figures alone. */
export function verdictOf(state: AppState): Verdict {
  const item = currentItem(state);
  const pending = (text: string): Verdict => ({ tone: 'pending', text });
  if (item === null) return pending('Open a latent to compare LUA with stretching pixels.');
  const name = upscalerName(state, item.latent?.family ?? null);
  const missing = whyMissing(state, item, 'lua-2');
  if (missing !== null) return pending('Nothing to compare with yet: LUA cannot run on this latent.');
  const lua = item.panes['lua-2'];
  if (!state.shown.includes('lua-2') && lua === undefined) {
    return pending(`Show ${name} 2× to compare it with stretching pixels.`);
  }
  if (lua?.status === 'failed') return pending(`${name} 2× failed, so there is nothing to compare.`);
  if (lua === undefined || lua.runs.length === 0) {
    return pending(`${name} 2× against stretching pixels: measured as soon as both are there.`);
  }
  const time = timeOf(lua);
  if (item.stretched === null || lua.detail === null) {
    return pending(`${name} 2× took ${time}. ${whyUnmeasured(item)}`);
  }
  const words = detailWords(lua.detail / item.stretched.detail, name);
  return { ...words, text: `${words.text}, in ${time}${rivalOf(item, lua)}${qualityOf(item, lua)}.` };
}

/** Why no share of detail is known although LUA has run. */
function whyUnmeasured(item: Item): string {
  const { width, height } = paneSize(item, 'lua-2');
  if (width * height > MAX_STUDIED_PIXELS) return 'Pictures as large as this are not measured.';
  return item.panes['decode-1'] === undefined
    ? 'Show the 1× picture as well to compare their detail.'
    : 'Comparing the pictures…';
}

/** True where a pixel-space network can enlarge the current latent's picture by 2. */
export function hasRival(state: AppState): boolean {
  const item = currentItem(state);
  return item !== null && whyMissing(state, item, 'pixel-upscaler-2') === null;
}

const best = ({ runs }: Pane) => figuresOf(runs, 'warm') ?? figuresOf(runs, 'cold');

const timeOf = (pane: Pane): string => `${formatMs(best(pane)?.upscaleMs ?? 0)} of upscaling`;

/** The pixel-space network beside it, where it has run: its time, and where it has more detail. */
function rivalOf(item: Item, lua: Pane): string {
  const rival = item.panes['pixel-upscaler-2'];
  if (rival === undefined || rival.runs.length === 0) return '';
  const time = formatMs(best(rival)?.upscaleMs ?? 0);
  const isSharper = rival.detail !== null && lua.detail !== null && rival.detail > lua.detail * (1 + EVEN);
  return `; the pixel network took ${time}${isSharper ? ' and has more' : ''}`;
}

/** How near the original LUA and the bicubic come, where there is one to compare with. */
function qualityOf(item: Item, lua: Pane): string {
  const stretched = item.panes['pixel-bicubic-2']?.quality;
  if (lua.quality === null || !stretched) return '';
  const gain = lua.quality.psnr - stretched.psnr;
  return `. Against the original it is ${Math.abs(gain).toFixed(2)} dB ${gain < 0 ? 'worse' : 'better'} than pixel bicubic`;
}
