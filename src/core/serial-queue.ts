/** Runs tasks one after the other, in the order given. */
export interface SerialQueue {
  /**
   * Settles as `task` does. A failed task does not stop the tasks behind it. When `signal` aborts before the task has
   * started, the task is never started and the promise rejects with the signal's reason; a running task is left to
   * watch the signal itself.
   */
  run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Tasks waiting or running. */
  readonly size: number;
}

/** A queue of length 0. The runtime's session creation and runs are not re-entrant: they all go through one of these. */
export function createSerialQueue(): SerialQueue {
  let tail: Promise<unknown> = Promise.resolve();
  let size = 0;

  return {
    run(task, signal) {
      size += 1;
      const result = tail.then(() => {
        signal?.throwIfAborted();
        return task();
      });
      // The chain goes on from a promise that never rejects: one failure must not fail everything behind it.
      tail = result.then(
        () => {
          size -= 1;
        },
        () => {
          size -= 1;
        },
      );
      return result;
    },
    get size() {
      return size;
    },
  };
}
