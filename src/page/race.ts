import { upscalerName } from '../app/models/network-names.ts';
import { aboutTime, estimateMs } from '../app/run/estimate.ts';
import { formatMs, workMs } from '../app/show/figures.ts';
import { type PaneKey, sortPanes } from '../app/state/panes.ts';
import { type AppState, currentItem, type Item } from '../app/state/state.ts';
import type { Lane, LlRace } from '../ui/elements/ll-race.ts';
import '../ui/elements/ll-race.ts';
import type { Controller } from '../app/run/controller.ts';
import { decimal } from '../words/numbers.ts';
import { raceWords } from '../words/race.ts';

interface Runner {
  readonly key: PaneKey;
  readonly name: string;
  readonly how: string;
}

const KEYS = ['lua-2', 'pixel-upscaler-2'] as const satisfies readonly PaneKey[];

interface Race {
  readonly itemId: number;
  /** Runs that each had when its turn was asked for; null as long as it has not run at all. */
  readonly before: Map<PaneKey, number>;
  readonly since: Map<PaneKey, number>;
  readonly ms: Map<PaneKey, number>;
  /** What the first tiles of a first run tell of the whole of it. */
  readonly projected: Map<PaneKey, number>;
}

interface RaceDeps {
  readonly controller: Controller;
  readonly store: { get(): AppState; subscribe(listener: () => void): unknown };
  /** Where the bars stand. */
  readonly place: HTMLElement;
}

/**
 * Runs LUA and the pixel-space network one after the other on the current latent and draws bars that grow as they run. Each is
 * set up by a run of its own first, so that the bars show what every later picture takes.
 */
/** The runners, the first by the name of the network that enlarges the latents of `item`. */
const runnersOf = (state: AppState, { latent }: Item): readonly Runner[] => [
  {
    key: KEYS[0],
    name: `${upscalerName(state, latent?.family ?? null)} 2×`,
    how: raceWords().luaHow,
  },
  { key: KEYS[1], name: `${raceWords().network} 2×`, how: raceWords().networkHow },
];

export function createRace({ controller, store, place }: RaceDeps) {
  const element: LlRace = document.createElement('ll-race');
  let race: Race | null = null;

  function start(): void {
    const item = currentItem(store.get());
    if (item === null) return;
    race = { itemId: item.id, before: new Map(), since: new Map(), ms: new Map(), projected: new Map() };
    place.replaceChildren(element);
    const { shown } = store.get();
    controller.show(sortPanes([...shown, ...KEYS]));
    follow();
  }

  function close(): void {
    race = null;
    place.replaceChildren();
  }

  /** Asks for the runs that count once every runner has run, and reads how far they are. */
  function follow(): void {
    if (race === null) return;
    const state = store.get();
    const item = currentItem(state);
    if (item?.id !== race.itemId) {
      close();
      return;
    }
    const panes = KEYS.map((key) => item.panes[key]);
    const isReady = panes.every((pane) => pane !== undefined && pane.runs.length > 0);
    if (isReady && race.before.size === 0) {
      for (const key of KEYS) race.before.set(key, item.panes[key]?.runs.length ?? 0);
      controller.runAgain(1, KEYS);
      return;
    }
    for (const key of KEYS) note(race, item, state, key);
    const runners = runnersOf(state, item);
    element.lanes = runners.map((runner) => laneOf(race as Race, state, item, runner));
    element.note = noteOf(race, item, runners);
  }

  element.addEventListener('ll-race-again', start);
  element.addEventListener('ll-race-close', close);
  store.subscribe(follow);
  return { start };
}

function note(
  { before, since, ms, projected }: Race,
  item: Item,
  { activity }: AppState,
  key: PaneKey,
): void {
  if (activity?.key === key && activity.stepMs !== undefined) projected.set(key, activity.stepMs);
  const pane = item.panes[key];
  const asked = before.get(key);
  if (pane === undefined || asked === undefined) return;
  const run = pane.runs[asked];
  const isRunning = activity?.key === key && activity.step !== 'queued';
  if (run !== undefined) ms.set(key, workMs(run));
  else if (isRunning && !since.has(key)) since.set(key, performance.now());
}

const laneOf = (
  { since, ms, projected }: Race,
  state: AppState,
  item: Item,
  { key, name, how }: Runner,
): Lane => ({
  name,
  how,
  ms: ms.get(key) ?? null,
  since: since.get(key) ?? null,
  expectedMs: estimateMs(state, item, key) ?? projected.get(key) ?? null,
});

function noteOf({ before, ms, projected }: Race, item: Item, runners: readonly Runner[]): string {
  const say = raceWords();
  const failed = runners.find(({ key }) => item.panes[key]?.status === 'failed');
  if (failed !== undefined) return say.failed(failed.name, item.panes[failed.key]?.message ?? '');
  if (before.size === 0) {
    const time = aboutTime(projected.get(KEYS[1]) ?? null);
    return time === null ? say.settingUp : say.settingUpLong(runners[1]?.name ?? '', time);
  }
  const [lua, rival] = KEYS.map((key) => ms.get(key));
  if (lua === undefined || rival === undefined) return say.running;
  const name = (runners[0]?.name ?? '').replace(/ 2×$/, '');
  const times = decimal(Math.max(lua, rival) / Math.min(lua, rival), 1);
  const saved = formatMs(Math.abs(rival - lua));
  return lua < rival ? say.luaFaster(name, times, saved) : say.networkFaster(name, times, saved);
}
