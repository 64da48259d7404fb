import type { EngineWorker } from './engine-worker.ts';

/**
 * Where weights of a person's own are looked at, fetched and kept: a worker apart from the engine's, whose thread a network on the CPU
 * holds for seconds at each step. It is started when the first file comes; both see the same storage. Where the browser gives none, weights live in
 * the memory of the worker that runs them, and are brought to the engine's.
 */
export class WeightsWorker {
  readonly #engine: EngineWorker;
  readonly #start: () => EngineWorker;
  #apart: EngineWorker | null = null;
  #chosen: Promise<EngineWorker> | null = null;

  constructor(engine: EngineWorker, start: () => EngineWorker) {
    this.#engine = engine;
    this.#start = start;
  }

  /** For what takes long: started where it does not run yet. Never rejects. */
  started(): Promise<EngineWorker> {
    this.#chosen ??= this.#choose();
    return this.#chosen;
  }

  /** For what is quick: the one that works on files, else the engine's, which is not joined by another for it. */
  async present(): Promise<EngineWorker> {
    return this.#chosen ?? this.#engine;
  }

  dispose(): void {
    this.#chosen = Promise.resolve(this.#engine);
    this.#end();
  }

  #end(): void {
    this.#apart?.dispose();
    this.#apart = null;
  }

  async #choose(): Promise<EngineWorker> {
    const apart = this.#start();
    this.#apart = apart;
    const isShared = await apart
      .again((engine) => engine.listWeights())
      .then(
        ({ medium }) => medium !== 'memory',
        () => false,
      );
    if (isShared) return apart;
    this.#end();
    return this.#engine;
  }
}
