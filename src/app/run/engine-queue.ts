import { nextTask } from './next-task.ts';
import { performTask } from './perform-task.ts';
import { closeImages, overBudget } from './release-images.ts';
import { isSameWork } from './same-work.ts';
import type { Task, TaskContext } from './task.ts';

/** A task on its way or waiting for its turn. */
interface Job {
  readonly task: Task;
  readonly abort: AbortController;
  /** Carries it out; never rejects. */
  perform(): Promise<void>;
}

export type EngineQueue = ReturnType<typeof createEngineQueue>;

/**
 * What the engine does next. One task at a time, always the most wanted one (next-task.ts): whatever changes the wish aborts a
 * task that is no longer it.
 */
export function createEngineQueue(context: Omit<TaskContext, 'signal'>) {
  const { store } = context;
  let running: Job | null = null;
  /** What was asked for beside the state's own wishes; it goes before them, and answers whoever asked. */
  const errands: Job[] = [];

  function ownWork(): Job | null {
    const task = nextTask(store.get());
    if (task === null) return null;
    const abort = new AbortController();
    return { task, abort, perform: () => performTask(task, { ...context, signal: abort.signal }) };
  }

  async function pump(): Promise<void> {
    while (running === null) {
      running = errands.shift() ?? ownWork();
      if (running === null) return;
      await running.perform();
      running = null;
      releaseImages(store);
    }
  }

  return {
    /** The task that runs, or null. */
    running: (): Task | null => running?.task ?? null,

    /** Aborts the task that runs. */
    abort: (): void => running?.abort.abort(),

    /** Ends a running task that the state no longer wants most, then starts the one it does. */
    reconsider(): void {
      const wanted = nextTask(store.get());
      if (running !== null && !isSameWork(running.task, wanted, store.get())) running.abort.abort();
      void pump();
    },

    /** Does `task` in its turn. */
    errand<R>(task: Task, work: (context: TaskContext) => Promise<R>, signal?: AbortSignal): Promise<R> {
      const abort = new AbortController();
      signal?.addEventListener('abort', () => abort.abort(), { once: true });
      return new Promise((resolve, reject) => {
        const perform = (): Promise<void> => work({ ...context, signal: abort.signal }).then(resolve, reject);
        errands.push({ task, abort, perform });
        void pump();
      });
    },
  };
}

/** Frees the pictures of the items that were open longest, as far as all take too much memory. */
function releaseImages(store: TaskContext['store']): void {
  for (const id of overBudget(store.get())) {
    const item = store.get().items.find((candidate) => candidate.id === id);
    store.dispatch({ type: 'item-released', id });
    if (item !== undefined) closeImages(item);
  }
}
