import type { Engine, EngineSettings, LoadPlan, LoadReport } from '../contract/engine.ts';
import { AppError } from '../core/errors.ts';
import type { CallOptions } from './engine-client.ts';
import { isFatal, Ladder } from './ladder.ts';
import { type CallExtras, type Invoke, type Return, sendCall } from './send-call.ts';
import {
  type Connection,
  connect,
  type Locks,
  type Patience,
  RESTART,
  type WorkerLike,
} from './worker-connection.ts';

export interface EngineWorkerOptions {
  /** Where files lie. */
  readonly settings: Pick<EngineSettings, 'baseUrl' | 'modelsUrl' | 'runtimeUrl' | 'expected'>;
  readonly spawn: () => WorkerLike;
  readonly patience: Patience;
  readonly locks: Locks | undefined;
  /** Told when the plan was loaded again in a new worker after a failure; its backend may be another. */
  readonly onReload: ((report: LoadReport) => void) | undefined;
}

const isRestart = (error: unknown): boolean =>
  error instanceof AppError && error.detail['isRestart'] === true;

/** The worker of an engine, started at the first call and again after it has ended, with the plan that was loaded in it. */
export class EngineWorker {
  readonly #options: EngineWorkerOptions;
  readonly #ladder = new Ladder();
  readonly #comeBack: Return;
  #connection: Connection | null = null;
  #plan: LoadPlan | null = null;
  /** The plan's loading in the present connection; calls that need models wait for it. */
  #reloaded: Promise<unknown> = Promise.resolve();
  /** Imports under way: they cannot be repeated unasked, and hold back what would end their worker without need. */
  #imports = 0;
  #isDisposed = false;

  constructor(options: EngineWorkerOptions) {
    this.#options = options;
    this.#comeBack = { returnMs: options.patience.returnMs, isHeldBack: () => this.#imports > 0 };
  }

  /** Loads a plan, which every later worker loads again before its first call on models. */
  async load(plan: LoadPlan, options: CallOptions): Promise<LoadReport> {
    this.#ladder.reset();
    const report = await this.again((engine, id, tell) => engine.load(id, plan, tell), options);
    this.#connection?.setDevice(report);
    this.#plan = plan;
    return report;
  }

  /** A call that is made once, whatever becomes of its worker. */
  async once<R>(invoke: Invoke<R>, options: CallOptions = {}): Promise<R> {
    return this.#send(this.#current(), invoke, options);
  }

  /** The same for one that must not be disturbed by what ends a worker without need. */
  async undisturbed<R>(invoke: Invoke<R>, options: CallOptions): Promise<R> {
    this.#imports += 1;
    try {
      return await this.once(invoke, options);
    } finally {
      this.#imports -= 1;
    }
  }

  /** A call that changes nothing in the worker, and is made again where that was ended for the sake of another. */
  async again<R>(invoke: Invoke<R>, options: CallOptions = {}): Promise<R> {
    for (;;) {
      try {
        return await this.once(invoke, options);
      } catch (error) {
        if (!isRestart(error)) throw error;
      }
    }
  }

  /**
   * A call on the loaded models: after a respawn it waits for the plan, and climbs the ladder when memory or device fail. With
   * `isRepeatable` it is then made again.
   */
  async withModels<R>(
    invoke: Invoke<R>,
    options: CallOptions,
    { isRepeatable, discard = () => {} }: Pick<CallExtras<R>, 'discard'> & { readonly isRepeatable: boolean },
  ): Promise<R> {
    for (;;) {
      const on = this.#current();
      try {
        return await this.#send(on, invoke, options, { discard, first: this.#reloaded });
      } catch (error) {
        // Ended for a reason that the next worker is started without.
        if (isRepeatable && isRestart(error)) continue;
        if (!(error instanceof AppError) || !isFatal(error)) throw error;
        const canClimb = this.#ladder.climb(error);
        const why = `The worker was ended after a failure: ${error.message}`;
        on.close(new AppError('engine/crashed', why, { detail: canClimb ? RESTART : {} }));
        if (!canClimb || !isRepeatable) throw error;
      }
    }
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#connection?.close(new AppError('engine/disposed', 'The engine was shut down.'));
    this.#connection = null;
  }

  #send<R>(to: Connection, invoke: Invoke<R>, options: CallOptions, extras: CallExtras<R> = {}): Promise<R> {
    return sendCall(to, invoke, options, extras, this.#comeBack);
  }

  #current(): Connection {
    if (this.#isDisposed) throw new AppError('engine/disposed', 'The engine was shut down. Reload the page.');
    if (this.#connection !== null && !this.#connection.isBroken()) return this.#connection;
    const { spawn, settings, patience, locks } = this.#options;
    const { memoryShare, isCpuOnly, isSingleThread } = this.#ladder.start;
    const expected = isCpuOnly && settings.expected !== undefined ? { expected: 'wasm' as const } : {};
    const made = connect(
      spawn(),
      { ...settings, ...expected, memoryShare, isSingleThread },
      { patience, locks },
    );
    this.#connection = made;
    made.broken.catch((why: unknown) => this.#ladder.noteEnd(why));
    this.#reloaded = this.#reload(made, isCpuOnly);
    this.#reloaded.catch(() => {});
    return made;
  }

  async #reload(made: Connection, isCpuOnly: boolean): Promise<void> {
    if (this.#plan === null) return;
    const plan = isCpuOnly ? { ...this.#plan, backend: 'wasm' as const } : this.#plan;
    const load: Invoke<LoadReport> = (engine: Engine, id, tell) => engine.load(id, plan, tell);
    const report = await this.#send(made, load, {});
    made.setDevice(report);
    this.#options.onReload?.({ ...report, ...this.#ladder.explain(report) });
  }
}
