import type { DeviceReport } from '../contract/engine.ts';
import { AppError, type ErrorCode } from '../core/errors.ts';

/** After these a worker's memory or device cannot be trusted: it is ended, and the call tried again in a new one. */
const FATAL: ReadonlySet<ErrorCode> = new Set(['gpu/lost', 'gpu/out-of-memory', 'engine/out-of-memory']);

export interface Rung {
  /** Of the usual memory a run. */
  readonly memoryShare: number;
  readonly isCpuOnly: boolean;
}

/** How a worker is started. */
export interface Start extends Rung {
  /** Networks run on one thread of the CPU, also where there could be more. */
  readonly isSingleThread: boolean;
}

/** How a call is tried again: with a quarter of the memory a run, which is tiles of half the side, then without the GPU. */
const FIRST: Rung = { memoryShare: 1, isCpuOnly: false };
const RUNGS: readonly Rung[] = [
  FIRST,
  { memoryShare: 0.25, isCpuOnly: false },
  { memoryShare: 0.25, isCpuOnly: true },
];

/** The CPU's rung: where a GPU ends up that was silent, since to ask it again is to wait as long again. */
const CPU_RUNG = RUNGS.length - 1;

/** A GPU lost again only after this long was lost for another reason (a laptop slept, a driver was renewed) and is tried again as at first. */
const UNRELATED_MS = 600_000;

export const isFatal = (error: AppError): boolean => FATAL.has(error.code);

type Why = Pick<DeviceReport, 'cause' | 'reason'>;

/** How cautiously workers are started, and what made them be. */
export class Ladder {
  #rung = 0;
  /** What made the present rung another than the first. */
  #cause: AppError | null = null;
  #climbedAt = 0;
  /** Whether the CPU's threads have waited for each other for ever; a page that had it once does not try them again. */
  #isSingleThread = false;
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  get start(): Start {
    return { ...(RUNGS[this.#rung] ?? FIRST), isSingleThread: this.#isSingleThread };
  }

  /** Back to the first rung: a plan that was asked for anew is tried anew. */
  reset(): void {
    this.#rung = 0;
  }

  /** Goes on to the next way to try, if there is one that could help against `error`. */
  climb(error: AppError): boolean {
    const { code, detail } = error;
    const isUnrelated = this.#now() - this.#climbedAt > UNRELATED_MS;
    if (code === 'gpu/lost' && this.#cause?.code === code && isUnrelated) this.#rung = 0;
    const isNextUseful = code.startsWith('gpu/') || this.#rung === 0;
    if (!isNextUseful || this.#rung >= CPU_RUNG) return false;
    this.#rung = detail['isSilent'] === true ? CPU_RUNG : this.#rung + 1;
    this.#cause = error;
    this.#climbedAt = this.#now();
    return true;
  }

  /** Phones end the worker of a page that takes too much: the next one starts on the second rung. Where threads got stuck the next one has no others beside its own. */
  noteEnd(why: unknown): void {
    if (!(why instanceof AppError)) return;
    if (why.detail['isStuck'] === true) this.#isSingleThread = true;
    if (why.detail['isVanished'] !== true || this.#rung > 0) return;
    this.#rung = 1;
    this.#cause = why;
  }

  /** Why things run as they do in a worker that was started after a failure. */
  explain({ cause, reason: found, backend }: Why & Pick<DeviceReport, 'backend'>): Why {
    const isReduced = this.#isSingleThread && backend === 'wasm';
    const reason = isReduced ? `${found} On one thread, since several got stuck.` : found;
    if (this.#cause === null || this.#rung === 0) return { cause, reason };
    if (this.#rung === CPU_RUNG) {
      return { cause: 'cpu-after-failure', reason: `${this.#cause.message} The CPU is used instead.` };
    }
    const isMemory = this.#cause.code.endsWith('out-of-memory');
    const why = isMemory ? 'memory ran out' : 'the worker or its GPU was lost';
    return { cause: 'tiles-after-failure', reason: `${reason} In tiles of half the side, since ${why}.` };
  }
}
