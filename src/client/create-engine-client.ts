import { proxy } from 'comlink';
import type { CallId, Progress, Report } from '../contract/call.ts';
import type { Engine, LoadPlan, LoadReport } from '../contract/engine.ts';
import { AppError, type ErrorCode, isAbort } from '../core/errors.ts';
import type { CallOptions, EngineClient } from './engine-client.ts';
import { type Connection, connect, type WorkerLike } from './worker-connection.ts';

export interface EngineClientOptions {
  /** Absolute address of the folder that holds `models/`, ending in a slash. */
  readonly baseUrl: string;
  /** Told when the plan was loaded again in a new worker after a failure; its backend may be another. */
  readonly onReload?: (report: LoadReport) => void;
  /** How a worker is made; tests put their own in its place. */
  readonly spawn?: () => WorkerLike;
}

const spawnWorker = (): WorkerLike =>
  new Worker(new URL('../../workers/upscaler.worker.ts', import.meta.url), {
    type: 'module',
    name: 'latentlift-engine',
  });

/** After these a worker's memory or device cannot be trusted: it is ended, and the call tried again in a new one. */
const FATAL: ReadonlySet<ErrorCode> = new Set(['gpu/lost', 'gpu/out-of-memory', 'engine/out-of-memory']);

/** How a call is tried again: with less memory a run, then without the GPU. */
const LADDER: readonly { readonly memoryShare: number; readonly isCpuOnly: boolean }[] = [
  { memoryShare: 1, isCpuOnly: false },
  { memoryShare: 0.25, isCpuOnly: false },
  { memoryShare: 0.25, isCpuOnly: true },
];

const aborted = (): DOMException => new DOMException('The call was cancelled.', 'AbortError');

/** An engine in a worker that is started at the first call, and again after it has ended. */
export function createEngineClient({
  baseUrl,
  onReload,
  spawn = spawnWorker,
}: EngineClientOptions): EngineClient {
  let lastId: CallId = 0;
  let connection: Connection | null = null;
  let plan: LoadPlan | null = null;
  /** The plan's loading in the present connection; calls that need models wait for it. */
  let reloaded: Promise<unknown> = Promise.resolve();
  let rung = 0;
  let isDisposed = false;

  const nextId = (): CallId => {
    lastId += 1;
    return lastId;
  };

  function currentConnection(): Connection {
    if (isDisposed) throw new AppError('engine/disposed', 'The engine was shut down. Reload the page.');
    if (connection !== null && !connection.isBroken()) return connection;
    const { memoryShare, isCpuOnly } = LADDER[rung] ?? { memoryShare: 1, isCpuOnly: false };
    const made = connect(spawn(), { baseUrl, memoryShare });
    connection = made;
    const again = plan === null || !isCpuOnly ? plan : { ...plan, backend: 'wasm' as const };
    reloaded =
      again === null
        ? Promise.resolve()
        : send(made, {}, (engine, id, report) => engine.load(id, again, report)).then((report) =>
            onReload?.(report),
          );
    reloaded.catch(() => {});
    return made;
  }

  /** One message to the worker after `first`, and its answer; raced against an abort and the worker's end. */
  async function send<R>(
    to: Connection,
    { signal, onProgress }: CallOptions,
    invoke: (engine: Engine, id: CallId, report: Report) => Promise<R>,
    discard: (late: R) => void = () => {},
    first: Promise<unknown> = Promise.resolve(),
  ): Promise<R> {
    if (signal?.aborted) throw aborted();
    const id = nextId();
    let isSettled = false;
    const report = proxy((progress: Progress): void => {
      if (!isSettled && onProgress !== undefined) onProgress(progress);
      else if (progress.kind === 'paint') progress.bitmap.close();
    });
    let giveUp: () => void = () => {};
    const cancelled = new Promise<never>((_, reject) => {
      giveUp = () => reject(aborted());
    });
    cancelled.catch(() => {});
    signal?.addEventListener('abort', giveUp);
    try {
      const ready = Promise.all([to.engine, first]).then(([engine]) => engine);
      const engine = await Promise.race([ready, to.broken, cancelled]);
      const answer = invoke(engine, id, report);
      return await Promise.race([answer, to.broken, cancelled]).catch((error: unknown) => {
        if (isAbort(error)) engine.cancel(id).catch(() => {});
        // The worker may still answer: what it made then belongs to nobody.
        answer.then(discard, () => {});
        throw error;
      });
    } finally {
      isSettled = true;
      signal?.removeEventListener('abort', giveUp);
    }
  }

  /** A call on the loaded models: after a respawn it waits for the plan, and climbs the ladder when memory or device fail. */
  async function withModels<R>(
    options: CallOptions,
    invoke: (engine: Engine, id: CallId, report: Report) => Promise<R>,
    isRepeatable: boolean,
    discard?: (late: R) => void,
  ): Promise<R> {
    for (;;) {
      const on = currentConnection();
      try {
        return await send(on, options, invoke, discard, reloaded);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        // Ended by the failure of another call, which has already climbed.
        if (isRepeatable && error.detail['isRestart'] === true) continue;
        if (!FATAL.has(error.code)) throw error;
        const isNextUseful = error.code.startsWith('gpu/') || rung === 0;
        const canClimb = isNextUseful && rung + 1 < LADDER.length;
        if (canClimb) rung += 1;
        const why = `The worker was ended after a failure: ${error.message}`;
        on.close(new AppError('engine/crashed', why, { detail: { isRestart: canClimb } }));
        if (!canClimb || !isRepeatable) throw error;
      }
    }
  }

  return {
    probe: async (backend, options = {}) =>
      send(currentConnection(), options, (engine) => engine.probe(backend)),
    async load(wanted, options = {}) {
      rung = 0;
      const report = await send(currentConnection(), options, (engine, id, tell) =>
        engine.load(id, wanted, tell),
      );
      plan = wanted;
      return report;
    },
    decode: (job, options = {}) =>
      withModels(
        options,
        (engine, id, report) => engine.decode(id, job, report),
        true,
        (late) => late.bitmap.close(),
      ),
    upscale: (job, options = {}) =>
      withModels(options, (engine, id, report) => engine.upscale(id, job, report), true),
    encode: (picture, options = {}) =>
      withModels(options, (engine, id, report) => engine.encode(id, picture, report), false).finally(() =>
        picture.close(),
      ),
    importWeights: async (source, options = {}) =>
      send(currentConnection(), options, (engine, id, report) => engine.importWeights(id, source, report)),
    describeWeights: async (file, name, address) =>
      send(currentConnection(), {}, (engine) => engine.describeWeights(file, name, address)),
    listWeights: async () => send(currentConnection(), {}, (engine) => engine.listWeights()),
    removeWeights: async (what) => send(currentConnection(), {}, (engine) => engine.removeWeights(what)),
    clearWeights: async () => send(currentConnection(), {}, (engine) => engine.clearWeights()),
    forecastMemory: async (request) =>
      send(currentConnection(), {}, (engine) => engine.forecastMemory(request)),
    async dispose() {
      isDisposed = true;
      connection?.close(new AppError('engine/disposed', 'The engine was shut down.'));
      connection = null;
    },
  };
}
