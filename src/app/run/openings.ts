import type { Action } from '../state/actions.ts';
import type { AppState, Opening } from '../state/state.ts';
import type { Store } from '../state/store.ts';

/** A file, address or demo that could not be opened, and why. */
export interface Failure {
  readonly name: string;
  readonly error: unknown;
}

/** One request to open something, until it is ended. */
export interface Request {
  readonly signal: AbortSignal;
  /** Tells how it goes; null where there is nothing to tell. */
  tell(opening: Opening | null): void;
  /** Takes the stage for this request, and says whether it may: not where what was asked for later has it. */
  takeStage(): boolean;
  /** It is over; so many things were asked for, and these of them could not be opened. */
  end(failures: readonly Failure[], of: number): void;
}

interface Pending {
  readonly kind: 'demo' | 'own';
  readonly controller: AbortController;
  opening: Opening | null;
}

/**
 * The requests to open something. A person's own files and addresses stand until they are opened; a demo gives way to whatever is asked for
 * after it. The status line tells of the newest that has something to tell. `onFailures` is told once nothing is on its way any
 * more: what is opened later would take its words away.
 */
export function createOpenings(
  store: Store<AppState, Action>,
  onFailures: (failures: readonly Failure[], of: number) => void,
) {
  const pending: Pending[] = [];
  let count = 0;
  let onStage = 0;
  let failures: Failure[] = [];
  let failedOf = 0;

  const shown = (): Pending | undefined => pending.findLast(({ opening }) => opening !== null);

  function show(): void {
    const opening = shown()?.opening ?? null;
    if (store.get().opening !== opening) store.dispatch({ type: 'opening-changed', opening });
  }

  function remove(one: Pending): void {
    const index = pending.indexOf(one);
    if (index >= 0) pending.splice(index, 1);
    show();
  }

  function abort(one: Pending): void {
    one.controller.abort();
    remove(one);
  }

  function end(one: Pending, failed: readonly Failure[], of: number): void {
    remove(one);
    failures.push(...failed);
    failedOf += of;
    if (pending.length > 0) return;
    const [all, among] = [failures, failedOf];
    failures = [];
    failedOf = 0;
    if (all.length > 0) onFailures(all, among);
  }

  return {
    /** How many files, addresses and demos were asked for so far. */
    count: (): number => count,

    begin(kind: Pending['kind']): Request {
      count += 1;
      const number = count;
      for (const one of pending.filter((each) => each.kind === 'demo')) abort(one);
      const one: Pending = { kind, controller: new AbortController(), opening: null };
      pending.push(one);
      return {
        signal: one.controller.signal,
        tell(opening): void {
          one.opening = opening;
          show();
        },
        takeStage(): boolean {
          if (number < onStage) return false;
          onStage = number;
          return true;
        },
        end: (failed, of) => end(one, failed, of),
      };
    },

    /** Ends what the status line says is being fetched or read; true where it says anything. */
    cancel(): boolean {
      const one = shown();
      if (one !== undefined) abort(one);
      return one !== undefined;
    },
  };
}

export type Openings = ReturnType<typeof createOpenings>;
