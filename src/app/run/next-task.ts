import type { LoadPlan } from '../../contract/engine.ts';
import { methodOf } from '../../contract/methods.ts';
import { familyById } from '../../core/families/index.ts';
import type { FamilySpace } from '../../core/latent/family-space.ts';
import type { FamilyId } from '../../core/latent/latent.ts';
import { pairsToDecide } from '../../core/latent/pairs-to-decide.ts';
import { ROLES, type Role } from '../../core/role.ts';
import { workWords } from '../../words/work.ts';
import { chosenFor, offersScale, smallestKnown } from '../models/models.ts';
import { formatBytes } from '../show/figures.ts';
import { isEnlargedBy, type PaneKey, parsePaneKey } from '../state/panes.ts';
import { type AppState, type Item, wantedPanes } from '../state/state.ts';
import { aboutTime, estimateMs } from './estimate.ts';
import { paneSize } from './pane-size.ts';
import type { OwnTask } from './task.ts';

/** Pictures above this many pixels are made only when asked for: 4096 x 4096 is still made unasked. */
export const UNASKED_PIXELS = 20e6;

/** On a CPU a picture of 4x that would take longer waits for a click, milliseconds. */
const UNASKED_MS = 10_000;

/** Why a pane is not made unasked, or null. */
export function whyHeld(state: AppState, item: Item, key: PaneKey): string | null {
  if (item.panes[key] !== undefined) return null;
  const { width, height } = paneSize(item, key);
  const time = estimateMs(state, item, key);
  if (width * height > UNASKED_PIXELS) {
    return workWords().heavy(width, height, aboutTime(time));
  }
  const isSlow = state.engine.report?.backend === 'wasm' && parsePaneKey(key)?.scale === 4;
  return isSlow && time !== null && time > UNASKED_MS ? workWords().slow(aboutTime(time) ?? '') : null;
}

/** The smallest public file that would help, as a sentence of its own; empty where none is known. */
function suggestion({ models }: AppState, family: FamilyId, slot: Role): string {
  const known = smallestKnown(models.known, family, slot);
  if (known === null) return '';
  const size = known.sizeBytes === null ? '' : ` (${formatBytes(known.sizeBytes)})`;
  return workWords().suggestion(`${known.title}${size}`);
}

/** That a decoder is missing, and what a person sees of a latent without one. */
function noDecoder(item: Item, family: string, hasPreview: boolean): string {
  const say = workWords();
  if (item.preview !== null) return say.noDecoderPreview(family);
  return hasPreview ? say.noDecoder(family) : say.noDecoderNoPreview(family);
}

/** Which weights a family lacks for `key`, as a sentence, or null where all are at hand. */
export function whyMissing(state: AppState, item: Item, key: PaneKey): string | null {
  if (state.engine.models === null || item.latent === null || key === 'reference') return null;
  const { family } = item.latent;
  const { title, preview } = familyById(family);
  const pane = parsePaneKey(key);
  if (chosenFor(state, family, 'decoder') === null) {
    return noDecoder(item, title, preview !== null) + suggestion(state, family, 'decoder');
  }
  if (pane === null || pane.method === 'reference') return null;
  const { role } = methodOf(pane.method);
  if (role === null) return null;
  const chosen = chosenFor(state, family, role);
  if (chosen === null) {
    return role === 'upscaler'
      ? workWords().noUpscaler(title) + suggestion(state, family, role)
      : workWords().noPixelNetwork;
  }
  return offersScale(chosen, pane.scale) ? null : workWords().wrongScale(chosen.title, pane.scale);
}

/** Roles that no plan of other pictures needs; whoever has them loaded need not give them up. */
const ON_DEMAND: readonly Role[] = ['encoder', 'upscaler', 'pixel-upscaler', 'interposer'];

/** Roles that enlarge. Their networks stay loaded from one picture to the next, since they take turns. */
const ENLARGING: readonly Role[] = ['upscaler', 'pixel-upscaler'];

/**
 * The models that the pictures `keys` of an item need, with those upscalers of its family that are loaded; null where the family has no
 * decoder. Pictures need the encoder of the built-in family.
 */
export function planFor(
  state: AppState,
  item: Item,
  keys: readonly PaneKey[] = wantedPanes(state, item),
): LoadPlan | null {
  const models = state.engine.models;
  if (models === null) return null;
  const enlarges = (role: Role): boolean => keys.some((key) => isEnlargedBy(key, role));
  const isNeeded: Readonly<Record<Role, boolean>> = {
    decoder: true,
    upscaler: enlarges('upscaler'),
    encoder: item.source.kind === 'picture',
    'pixel-upscaler': enlarges('pixel-upscaler'),
    interposer: false,
  };
  const family = item.latent?.family ?? models.find((model) => model.role === 'encoder')?.family ?? null;
  if (family === null || chosenFor(state, family, 'decoder') === null) return null;
  const chosen = ROLES.flatMap((role) => {
    const model = chosenFor(state, family, role);
    const isStaying = ENLARGING.includes(role) && model?.id === state.engine.plan?.models[role];
    return model !== null && (isNeeded[role] || isStaying) ? [[role, model.id]] : [];
  });
  return { backend: state.engine.request, precision: 'auto', models: Object.fromEntries(chosen) };
}

/** True while a latent's reading is a guess that a decode-encode cycle could decide with the weights at hand. */
function isDoubtful(state: AppState, item: Item): boolean {
  return !item.isDecided && doubtfulPairs(state, item).length > 0;
}

/** The readings between which a cycle is to decide: those of the guessed family, whose decoder is loaded. */
export function doubtfulPairs(state: AppState, item: Item): readonly FamilySpace[] {
  if (item.source.kind !== 'latent') return [];
  const { reading } = item.source;
  const has = (slot: Role): boolean => chosenFor(state, reading.family, slot) !== null;
  return pairsToDecide(reading, (family) => family === reading.family && has('decoder') && has('encoder'));
}

/** What a cycle needs: the item's own models and the encoder. */
export function cyclePlan(state: AppState, item: Item): LoadPlan | null {
  const plan = planFor(state, item, []);
  const encoder = item.latent === null ? null : chosenFor(state, item.latent.family, 'encoder');
  return plan === null || encoder === null
    ? null
    : { ...plan, models: { ...plan.models, encoder: encoder.id } };
}

/** True where everything that `wanted` needs is loaded. */
export const covers = (loaded: LoadPlan | null, wanted: LoadPlan): boolean =>
  loaded !== null &&
  ROLES.every(
    (role) =>
      loaded.models[role] === wanted.models[role] ||
      // One that was loaded for something else does no harm.
      (ON_DEMAND.includes(role) && wanted.models[role] === undefined),
  );

/** What the engine should do next: the item on the stage first, then the rest of the queue in order. */
export function nextTask(state: AppState): OwnTask | null {
  const others = state.items.filter((item) => item.id !== state.currentId);
  const current = state.items.filter((item) => item.id === state.currentId);
  for (const item of [...current, ...others]) {
    const task = item.isStopped ? null : taskOf(state, item);
    if (task !== null) return task;
  }
  return null;
}

/** What a picture needs that no network enlarges; what the item's other pictures need as well is fetched behind it. */
function firstPlan(state: AppState, item: Item): LoadPlan | null {
  const plan = planFor(state, item, []);
  const whole = planFor(state, item);
  if (plan === null || whole === null) return plan;
  const ahead = ROLES.flatMap((role) => (plan.models[role] === undefined ? (whole.models[role] ?? []) : []));
  return ahead.length === 0 ? plan : { ...plan, ahead };
}

function taskOf(state: AppState, item: Item): OwnTask | null {
  const key = item.latent === null ? null : nextPane(state, item);
  // A picture first: a doubtful reading is decided once there is something to look at, be it the only thing to make.
  const hasPicture = item.panes['decode-1']?.status === 'done';
  const isToDecide = hasPicture && isDoubtful(state, item);
  if (item.latent !== null && key === null && !isToDecide) return null;
  // The first picture does without what only enlarges: that comes behind it.
  const isEnlarged = key !== null && !isToDecide && ENLARGING.some((role) => isEnlargedBy(key, role));
  const plan = isEnlarged ? planFor(state, item) : firstPlan(state, item);
  if (plan === null) return null;
  if (!covers(state.engine.plan, plan)) {
    return state.engine.failure === null ? { kind: 'load', itemId: item.id, plan } : null;
  }
  if (isToDecide) return { kind: 'decide', itemId: item.id };
  return key === null ? { kind: 'encode', itemId: item.id } : { kind: 'pane', itemId: item.id, key };
}

function isRival(key: PaneKey): boolean {
  const method = parsePaneKey(key)?.method ?? 'reference';
  return method !== 'reference' && methodOf(method).isBaseline;
}

function nextPane(state: AppState, item: Item): PaneKey | null {
  // Rivals are for whoever looks: behind the stage they would keep the engine from what nobody has seen yet.
  const isSeen = item.id === state.currentId;
  const keys = wantedPanes(state, item).filter(
    (key) =>
      key !== 'reference' &&
      (isSeen || !isRival(key)) &&
      whyHeld(state, item, key) === null &&
      whyMissing(state, item, key) === null,
  );
  const first = keys.find((key) => (item.panes[key]?.status ?? 'waiting') === 'waiting');
  if (first !== undefined) return first;
  const pending = (key: PaneKey): number => item.panes[key]?.pendingRuns ?? 0;
  const most = Math.max(0, ...keys.map(pending));
  return most === 0 ? null : (keys.find((key) => pending(key) === most) ?? null);
}
