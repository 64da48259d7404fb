import { whyMissing } from '../app/run/next-task.ts';
import { type AppState, currentItem } from '../app/state/state.ts';
import type { PageElements } from './page-elements.ts';
import type { renderVerdict } from './render-verdict.ts';

/**
 * The sentence on what LUA wins. Its script comes when LUA is through, or with the first file that it is not to enlarge; until then
 * stands what index.html says.
 */
export function createVerdictLine(page: PageElements): (state: AppState) => void {
  let render: typeof renderVerdict | null = null;
  let now: AppState;
  let isComing = false;
  return (state) => {
    now = state;
    render?.(page, state);
    if (isComing || !isDue(state)) return;
    isComing = true;
    import('./render-verdict.ts').then(
      (script) => {
        render = script.renderVerdict;
        render(page, now);
      },
      () => {
        isComing = false;
      },
    );
  };
}

function isDue(state: AppState): boolean {
  const item = currentItem(state);
  if (item === null) return false;
  const status = item.panes['lua-2']?.status ?? 'waiting';
  const isAsked = state.shown.includes('lua-2') && whyMissing(state, item, 'lua-2') === null;
  return !isAsked || (status !== 'waiting' && status !== 'running');
}
