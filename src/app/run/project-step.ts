import type { Progress } from '../../contract/call.ts';
import type { Activity } from '../state/state.ts';

/** A step begins with its tile 0: from then on, what it will take in all, as far as its finished tiles tell. */
export function createProjection(now: () => number = () => performance.now()) {
  let began = 0;
  return (progress: Progress): Pick<Activity, 'stepMs'> => {
    if (!('tiles' in progress)) return {};
    const { tile, tiles } = progress;
    if (tile === 0) began = now();
    return tile === 0 || tiles < 2 ? {} : { stepMs: ((now() - began) / tile) * tiles };
  };
}

/** What is left of the step, milliseconds; null where its tiles do not tell yet. */
export const leftMs = ({ stepMs, tile, tiles }: Activity): number | null =>
  stepMs === undefined ? null : stepMs * (1 - tile / tiles);
