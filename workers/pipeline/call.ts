import type { Report } from '../../src/contract/call.ts';
import type { Timings } from '../../src/contract/engine.ts';
import { isAbort } from '../../src/core/errors.ts';
import type { Compute } from './compute.ts';

interface Owned {
  dispose(): void;
}

type Span = 'compileMs' | 'upscaleMs' | 'decodeMs' | 'presentMs' | 'encodeMs';

/** A step that counts tiles. */
export type StepKind = 'encode' | 'upscale' | 'decode';

/** One call on its way through the pipeline: whether it is still wanted, whom to tell, and what it has spent so far. */
export interface Call {
  readonly signal: AbortSignal;
  readonly report: Report;
  readonly spent: Record<Span, number>;
  /** Tells how far a step is, `done` of `tiles` tiles, from 0 when it begins; null is a step that nobody hears of. */
  tell(kind: StepKind | null, done: number, tiles: number): void;
  /** Tells the step that is under way once more, after something else was told. */
  tellAgain(): void;
  /** Set when a network was made, or run for the first time. */
  isCold: boolean;
  /** Notes a tensor or a surface to be disposed of when the call ends, however it ends, and gives it back. */
  own<T extends Owned>(thing: T): T;
  /** Leaves a thing that was noted to the caller of the call. */
  keep<T extends Owned>(thing: T): T;
  /**
   * To be called once, at the end of the call, while the sessions that made its tensors still live. Never throws; returns what
   * went wrong while things were freed.
   */
  end(): readonly unknown[];
}

export function startCall(signal: AbortSignal, report: Report): Call {
  const owned: Owned[] = [];
  let step: { readonly kind: StepKind; readonly tile: number; readonly tiles: number } | null = null;
  return {
    signal,
    report,
    spent: { compileMs: 0, upscaleMs: 0, decodeMs: 0, presentMs: 0, encodeMs: 0 },
    isCold: false,
    tell(kind, done, tiles) {
      step = kind === null ? null : { kind, tile: done, tiles };
      this.tellAgain();
    },
    tellAgain() {
      if (step !== null) report(step);
    },
    own(thing) {
      owned.push(thing);
      return thing;
    },
    keep(thing) {
      const at = owned.indexOf(thing);
      if (at >= 0) owned.splice(at, 1);
      return thing;
    },
    end() {
      // One thing that cannot be freed must neither keep the others nor stand in for the call's own result.
      return owned.splice(0).flatMap((thing) => {
        try {
          thing.dispose();
          return [];
        } catch (error) {
          return [error];
        }
      });
    },
  };
}

/**
 * `work` and the device's end of it. Throws the device's failure where it has one, since a lost device lets runs "succeed" with
 * garbage; an AbortError is passed on only where the call itself was cancelled, for browsers reject with one when a device goes.
 */
export async function trusted<R>(call: Call, compute: Compute, work: () => Promise<R> | R): Promise<R> {
  let result: R;
  try {
    result = await work();
    await compute.done();
  } catch (error) {
    if (call.signal.aborted && isAbort(error)) throw error;
    throw await compute.explain(error);
  }
  const failure = compute.failure();
  if (failure !== null) throw failure;
  return result;
}

/**
 * Runs `work` and books its wall time, device included: the clock stops when the device's queue is drained. Fails as `trusted`
 * does.
 */
export async function timed<R>(
  call: Call,
  span: Span,
  compute: Compute,
  work: () => Promise<R> | R,
): Promise<R> {
  const start = performance.now();
  const compiledBefore = call.spent.compileMs;
  const result = await trusted(call, compute, work);
  // Networks made on the way are booked as compilation, not twice.
  const compiled = span === 'compileMs' ? 0 : call.spent.compileMs - compiledBefore;
  call.spent[span] += performance.now() - start - compiled;
  return result;
}

/**
 * A pause that lets messages in (a `cancel` above all: on the CPU a run blocks the worker), then throws AbortError if the
 * call is no longer wanted.
 */
export async function breathe(call: Call): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
  call.signal.throwIfAborted();
}

/** The call's timings, `queuedMs` before it and `totalMs` with it. */
export const timingsOf = (
  call: Call,
  frame: Pick<Timings, 'queuedMs' | 'totalMs' | 'backend' | 'precision'>,
): Timings => ({
  ...frame,
  compileMs: call.spent.compileMs,
  upscaleMs: call.spent.upscaleMs,
  decodeMs: call.spent.decodeMs,
  presentMs: call.spent.presentMs,
  run: call.isCold ? 'cold' : 'warm',
});
