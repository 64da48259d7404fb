import { estimateMs } from '../app/run/estimate.ts';
import type { PaneKey } from '../app/state/panes.ts';
import { type AppState, currentItem, wantedPanes } from '../app/state/state.ts';

/** Rest before the pass, milliseconds: whoever just got a picture may want something else. */
const REST_MS = 1500;

/** What an item's repeats may take, milliseconds: more costs more power than its figures are worth. */
const MOST_MS = 20_000;

/**
 * The pictures of the current item that have only a first run, the quickest first, once nothing is left to make of it; none while anything is. Where all would take
 * too long, as many of the quick ones as there is time for: the 2x picture's figure is not to stay a first run's for the 4x one's sake.
 */
export function toRepeat(state: AppState): readonly PaneKey[] {
  const item = currentItem(state);
  if (item === null || item.isStopped || state.activity !== null || state.notice?.tone === 'error') return [];
  const panes = wantedPanes(state, item).flatMap((key) => item.panes[key] ?? []);
  const isBusy = panes.some(
    ({ status, pendingRuns }) => status === 'waiting' || status === 'running' || pendingRuns > 0,
  );
  if (isBusy) return [];
  const spent = panes.flatMap(({ runs }) => runs.slice(1)).reduce((sum, { totalMs }) => sum + totalMs, 0);
  let left = MOST_MS - spent;
  return panes
    .filter(({ status, runs }) => status === 'done' && runs.length === 1 && runs[0]?.run === 'cold')
    .map(({ key }) => ({ key, ms: estimateMs(state, item, key) ?? 0 }))
    .toSorted((a, b) => a.ms - b.ms)
    .filter(({ ms }) => {
      left -= ms;
      return left >= 0;
    })
    .map(({ key }) => key);
}

/** Has first runs repeated once the page is at rest and seen: what a second picture takes is the figure that counts. */
export function repeatWhenIdle(
  store: { get(): AppState; subscribe(listener: () => void): unknown },
  repeat: (keys: readonly PaneKey[]) => void,
): void {
  let timer = 0;
  function look(): void {
    clearTimeout(timer);
    if (toRepeat(store.get()).length === 0) return;
    timer = window.setTimeout(() => {
      const keys = toRepeat(store.get());
      if (keys.length > 0 && document.visibilityState === 'visible') repeat(keys);
    }, REST_MS);
  }
  store.subscribe(look);
  look();
}
