import { estimateMs } from '../app/run/estimate.ts';
import type { PaneKey } from '../app/state/panes.ts';
import { type AppState, currentItem, wantedPanes } from '../app/state/state.ts';

/** Rest before the pass, milliseconds: whoever just got a picture may want something else. */
const REST_MS = 1500;

/** A pass that would take longer costs more power than its figures are worth, milliseconds. */
const LONGEST_PASS_MS = 20_000;

/** The pictures of the current item that have only a first run, once nothing is left to make of it; none while anything is. */
export function toRepeat(state: AppState): readonly PaneKey[] {
  const item = currentItem(state);
  if (item === null || item.isStopped || state.activity !== null || state.notice?.tone === 'error') return [];
  const panes = wantedPanes(state, item).flatMap((key) => item.panes[key] ?? []);
  const isBusy = panes.some(
    ({ status, pendingRuns }) => status === 'waiting' || status === 'running' || pendingRuns > 0,
  );
  if (isBusy) return [];
  const keys = panes
    .filter(({ status, runs }) => status === 'done' && runs.length === 1 && runs[0]?.run === 'cold')
    .map(({ key }) => key);
  const total = keys.reduce((sum, key) => sum + (estimateMs(state, item, key) ?? 0), 0);
  return total <= LONGEST_PASS_MS ? keys : [];
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
