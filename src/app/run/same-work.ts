import type { AppState } from '../state/state.ts';
import type { Task } from './task.ts';

/** True for what was asked for beside the state's own wishes: somebody waits for its answer. */
export const isErrand = ({ kind }: Task): boolean =>
  kind === 'latent' || kind === 'picture' || kind === 'convert';

/** True while `running` still deserves the engine: it is what is wanted most, or a repeat of a pane on the stage. */
export function isSameWork(running: Task, wanted: Task | null, state: AppState): boolean {
  if (isErrand(running)) return true;
  const item = state.items.find(({ id }) => id === running.itemId);
  if (item === undefined || item.isStopped) return false;
  if (running.kind === 'pane') {
    const status = item.panes[running.key]?.status;
    if (status !== 'running' || !state.shown.includes(running.key)) return false;
  }
  if (running.kind !== 'pane' && item.latent !== null && running.kind === 'encode') return false;
  return wanted === null || running.itemId === state.currentId || wanted.itemId !== state.currentId;
}
