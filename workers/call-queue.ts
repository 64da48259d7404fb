import type { CallId, Progress, Report } from '../src/contract/call.ts';
import { AppError, isAbort } from '../src/core/errors.ts';
import { createSerialQueue } from '../src/core/serial-queue.ts';
import { type Call, startCall } from './pipeline/call.ts';

/** The calls of an engine: those under way, which can be cancelled, and those that wait for their turn. */
export interface CallQueue {
  /** A call at once: cancellable by its id, its reports delivered before it settles. */
  atOnce<R>(id: CallId, report: Report, work: (call: Call) => Promise<R>): Promise<R>;
  /** A call that needs the runtime, and so its turn: the runtime bears no two at once. */
  inTurn<R>(id: CallId, report: Report, work: (call: Call, queuedMs: number) => Promise<R>): Promise<R>;
  cancel(id: CallId): void;
  /** Aborts every call and refuses later ones with engine/disposed; then, in its turn, `last`. */
  end(last: () => Promise<void>): Promise<void>;
}

/** Browsers break work off with an AbortError of their own when a device or a document goes: nobody cancelled. */
const asFailure = (error: unknown, { signal }: Call): unknown =>
  isAbort(error) && !signal.aborted
    ? new AppError(
        'engine/run',
        `The browser broke the work off (${error instanceof Error ? error.message : ''}). Try again.`,
        { cause: error },
      )
    : error;

export function createCallQueue(): CallQueue {
  const queue = createSerialQueue();
  const running = new Map<CallId, AbortController>();
  let isEnded = false;

  function requireLife(): void {
    if (isEnded) throw new AppError('engine/disposed', 'The engine was shut down. Reload the page.');
  }

  async function tracked<R>(id: CallId, report: Report, work: (call: Call) => Promise<R>): Promise<R> {
    const abort = new AbortController();
    running.set(id, abort);
    // Over a thread boundary a report returns a promise; without waiting for it, progress could arrive after the result.
    const deliveries: unknown[] = [];
    function send(progress: Progress): void {
      deliveries.push(report(progress));
    }
    send({ kind: 'queued' });
    const call = startCall(abort.signal, send);
    try {
      return await work(call);
    } catch (error) {
      throw asFailure(error, call);
    } finally {
      call.end();
      running.delete(id);
      await Promise.allSettled(deliveries);
    }
  }

  return {
    atOnce: (id, report, work) =>
      tracked(id, report, async (call) => {
        requireLife();
        return work(call);
      }),
    inTurn(id, report, work) {
      const start = performance.now();
      return tracked(id, report, (call) =>
        queue.run(async () => {
          requireLife();
          return work(call, performance.now() - start);
        }, call.signal),
      );
    },
    cancel: (id) => running.get(id)?.abort(),
    async end(last) {
      isEnded = true;
      for (const abort of running.values()) abort.abort();
      await queue.run(last);
    },
  };
}
