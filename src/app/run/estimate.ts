import type { Timings } from '../../contract/engine.ts';
import { methodOf } from '../../contract/methods.ts';
import { workWords } from '../../words/work.ts';
import { chosenFor } from '../models/models.ts';
import { type PaneKey, parsePaneKey } from '../state/panes.ts';
import type { AppState, Item } from '../state/state.ts';
import { paneSize } from './pane-size.ts';

/** A finished run with what it was for. */
interface Record {
  readonly key: PaneKey;
  readonly item: Item;
  readonly timings: Timings;
}

/** Every run on the backend in use, the best to learn from first: repeats before first runs, and late before early. */
function records(state: AppState): Record[] {
  const backend = state.engine.report?.backend;
  return state.items
    .flatMap((item) =>
      Object.values(item.panes).flatMap(({ key, runs }) => runs.map((timings) => ({ key, item, timings }))),
    )
    .filter(({ timings }) => timings.backend === backend)
    .reverse()
    .toSorted((a, b) => Number(a.timings.run === 'cold') - Number(b.timings.run === 'cold'));
}

const isOfPixels = (key: PaneKey): boolean => key.startsWith('pixel-');

function pixelsOf(item: Item, key: PaneKey): number {
  const { width, height } = paneSize(item, key);
  return width * height;
}

/** Pixels that the decoder makes for a pane: methods of pixel space enlarge afterwards. */
const decodedPixels = (item: Item, key: PaneKey): number =>
  pixelsOf(item, isOfPixels(key) ? 'decode-1' : key);

/**
 * How long a pane will take, in milliseconds, without setting up; null as long as there is nothing to learn from. Decoding goes
 * with the pixels decoded, an upscaler with what it is given; measured runs of the same method come first.
 */
export function estimateMs(state: AppState, item: Item, key: PaneKey): number | null {
  const known = records(state).filter((record) => record.item.latent?.family === item.latent?.family);
  // The largest decode tells most: small ones are half overhead.
  const decoded = known
    .filter(({ timings }) => timings.decodeMs > 0)
    .toSorted((a, b) => decodedPixels(b.item, b.key) - decodedPixels(a.item, a.key))[0];
  if (decoded === undefined) return null;
  const perPixel = decoded.timings.decodeMs / decodedPixels(decoded.item, decoded.key);
  const decodeMs = perPixel * decodedPixels(item, key);
  const kind = parsePaneKey(key);
  if (kind === null || kind.method === 'decode' || kind.method === 'reference') return decodeMs;
  const alike = known.filter((record) => parsePaneKey(record.key)?.method === kind.method);
  const upscaled = alike.find((record) => parsePaneKey(record.key)?.scale === kind.scale) ?? alike[0];
  // Anybody's network for pixels may take any time: nothing is told before it has run.
  if (upscaled === undefined) return isOfPixels(key) && methodOf(kind.method).role !== null ? null : decodeMs;
  const passes = (record: PaneKey): number => passesOf(state, item, record);
  const perPass = upscaled.timings.upscaleMs / (passes(upscaled.key) * pixelsOf(upscaled.item, 'decode-1'));
  return decodeMs + perPass * passes(key) * pixelsOf(item, 'decode-1');
}

/** How often a pane's upscaler goes over its input: x4 by doubling twice is once, and once over four times as much. */
function passesOf(state: AppState, item: Item, key: PaneKey): number {
  const kind = parsePaneKey(key);
  if (kind?.scale !== 4 || kind.method === 'reference') return 1;
  const { role } = methodOf(kind.method);
  if (role === null) return 1;
  const scales = (item.latent && chosenFor(state, item.latent.family, role)?.scales) ?? [];
  return scales.length > 0 && !scales.includes(4) ? 5 : 1;
}

/** The least that an estimate must come to before it is worth a word, milliseconds. */
const WORTH_TELLING_MS = 2000;

/** `about 12 s`, `about 2 min`; null for what is quick or unknown. */
export function aboutTime(ms: number | null): string | null {
  if (ms === null || ms < WORTH_TELLING_MS) return null;
  return ms < 90_000
    ? workWords().aboutSeconds(Math.round(ms / 1000))
    : workWords().aboutMinutes(Math.round(ms / 60_000));
}
