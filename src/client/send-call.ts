import { proxy } from 'comlink';
import type { CallId, Progress, Report } from '../contract/call.ts';
import type { Engine } from '../contract/engine.ts';
import { AppError, isAbort } from '../core/errors.ts';
import type { CallOptions } from './engine-client.ts';
import { type Connection, RESTART } from './worker-connection.ts';

/** The one message of a call. */
export type Invoke<R> = (engine: Engine, id: CallId, report: Report) => Promise<R>;

export interface CallExtras<R> {
  /** Given what comes after nobody waits for it any more. */
  readonly discard?: (late: R) => void;
  /** Waited for before the message is sent. */
  readonly first?: Promise<unknown>;
}

/** From a cancel to the end of the worker that does not come back from it. */
export interface Return {
  readonly returnMs: number;
  /** True while something else in the worker must not be ended with it. */
  readonly isHeldBack: () => boolean;
}

const aborted = (): DOMException => new DOMException('The call was cancelled.', 'AbortError');

let lastId: CallId = 0;

/** Ends a worker that does not come back from a cancelled call, so that the calls behind it are not stuck. */
function expectBack(from: Connection, answer: Promise<unknown>, { returnMs, isHeldBack }: Return): void {
  function look(): void {
    if (isHeldBack()) {
      timer = setTimeout(look, returnMs);
      return;
    }
    const sentence = `The worker was ended: it did not come back within ${returnMs / 1000} s from what was cancelled. Try again.`;
    from.close(new AppError('engine/crashed', sentence, { detail: RESTART }));
  }
  let timer = setTimeout(look, returnMs);
  const stop = (): void => clearTimeout(timer);
  answer.then(stop, stop);
  from.broken.catch(stop);
}

/** Rejects when `signal` aborts, until `forget` is called. */
function cancellation(signal: AbortSignal | undefined): { promise: Promise<never>; forget: () => void } {
  let giveUp: () => void = () => {};
  const promise = new Promise<never>((_, reject) => {
    giveUp = () => reject(aborted());
  });
  // It may reject while nobody races it.
  promise.catch(() => {});
  signal?.addEventListener('abort', giveUp);
  return { promise, forget: () => signal?.removeEventListener('abort', giveUp) };
}

/** One message to the worker after `first`, and its answer; raced against an abort and the worker's end. */
export async function sendCall<R>(
  to: Connection,
  invoke: Invoke<R>,
  { signal, onProgress }: CallOptions,
  { discard = () => {}, first = Promise.resolve() }: CallExtras<R>,
  comeBack: Return,
): Promise<R> {
  if (signal?.aborted) throw aborted();
  lastId += 1;
  const id = lastId;
  let isSettled = false;
  const report = proxy((progress: Progress): void => {
    if (!isSettled && onProgress !== undefined) onProgress(progress);
    else if (progress.kind === 'paint') progress.bitmap.close();
  });
  const cancelled = cancellation(signal);
  const leave = to.attend();
  try {
    const ready = Promise.all([to.engine, first]).then(([engine]) => engine);
    const engine = await Promise.race([ready, to.broken, cancelled.promise]);
    const answer = invoke(engine, id, report);
    return await Promise.race([answer, to.broken, cancelled.promise]).catch((error: unknown) => {
      if (isAbort(error)) {
        engine.cancel(id).catch(() => {});
        expectBack(to, answer, comeBack);
      }
      // The worker may still answer: what it made then belongs to nobody.
      answer.then(discard, () => {});
      throw error;
    });
  } finally {
    leave();
    isSettled = true;
    cancelled.forget();
  }
}
