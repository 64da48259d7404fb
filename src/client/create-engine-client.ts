import { proxy } from 'comlink';
import type { CallId, Progress, Report } from '../contract/call.ts';
import type { Engine, LoadPlan, LoadReport } from '../contract/engine.ts';
import { AppError, type ErrorCode, isAbort } from '../core/errors.ts';
import type { CallOptions, EngineClient } from './engine-client.ts';
import {
  type Connection,
  connect,
  type Locks,
  PATIENCE,
  type Patience,
  type WorkerLike,
} from './worker-connection.ts';

export interface EngineClientOptions {
  /** Absolute address of the folder that holds `models/`, ending in a slash. */
  readonly baseUrl: string;
  /** Absolute address of the folder of models, ending in a slash, where it is another than `models/` there. */
  readonly modelsUrl?: string;
  /** Absolute address of a folder with the runtime's own files (onnxruntime-web/dist); only the packaged worker needs it, on pages without a bundler. */
  readonly runtimeUrl?: string;
  /** Told when the plan was loaded again in a new worker after a failure; its backend may be another. */
  readonly onReload?: (report: LoadReport) => void;
  /** How a worker is made, at the start and again after a failure; for a worker of the caller's own, and for tests. */
  readonly spawn?: () => WorkerLike;
  readonly patience?: Patience;
  /** The browser's Web Locks; undefined where it has none, as on pages without a secure origin. */
  readonly locks?: Locks | undefined;
}

/** Absent in Node as a whole, and in browsers on insecure pages. */
const browserLocks = (): Locks | undefined => (globalThis.navigator as Partial<Navigator> | undefined)?.locks;

/** The package's build puts the name of its own worker here (scripts/lib/build-lib.ts). */
const spawnWorker = (): WorkerLike =>
  new Worker(new URL('../../workers/upscaler.worker.ts', import.meta.url), {
    type: 'module',
    name: 'latentlift-engine',
  });

/** After these a worker's memory or device cannot be trusted: it is ended, and the call tried again in a new one. */
const FATAL: ReadonlySet<ErrorCode> = new Set(['gpu/lost', 'gpu/out-of-memory', 'engine/out-of-memory']);

/** How a call is tried again: with a quarter of the memory a run, which is tiles of half the side, then without the GPU. */
const LADDER: readonly { readonly memoryShare: number; readonly isCpuOnly: boolean }[] = [
  { memoryShare: 1, isCpuOnly: false },
  { memoryShare: 0.25, isCpuOnly: false },
  { memoryShare: 0.25, isCpuOnly: true },
];

/** The CPU's rung: where a GPU ends up that was silent, since to ask it again is to wait as long again. */
const CPU_RUNG = LADDER.length - 1;

const isRestart = ({ detail }: AppError): boolean => detail['isRestart'] === true;

const aborted = (): DOMException => new DOMException('The call was cancelled.', 'AbortError');

/** An engine in a worker that is started at the first call, and again after it has ended. */
export function createEngineClient({
  baseUrl,
  modelsUrl,
  runtimeUrl,
  onReload,
  spawn = spawnWorker,
  patience = PATIENCE,
  locks = browserLocks(),
}: EngineClientOptions): EngineClient {
  let lastId: CallId = 0;
  let connection: Connection | null = null;
  let plan: LoadPlan | null = null;
  /** The plan's loading in the present connection; calls that need models wait for it. */
  let reloaded: Promise<unknown> = Promise.resolve();
  let rung = 0;
  /** What made the present rung another than the first. */
  let climbed: AppError | null = null;
  /** Imports under way: they cannot be repeated unasked, and hold back what would end their worker without need. */
  let imports = 0;
  let isDisposed = false;

  const nextId = (): CallId => {
    lastId += 1;
    return lastId;
  };

  function currentConnection(): Connection {
    if (isDisposed) throw new AppError('engine/disposed', 'The engine was shut down. Reload the page.');
    if (connection !== null && !connection.isBroken()) return connection;
    const { memoryShare, isCpuOnly } = LADDER[rung] ?? { memoryShare: 1, isCpuOnly: false };
    const made = connect(
      spawn(),
      {
        baseUrl,
        memoryShare,
        ...(modelsUrl !== undefined && { modelsUrl }),
        ...(runtimeUrl !== undefined && { runtimeUrl }),
      },
      { patience, locks },
    );
    connection = made;
    made.broken.catch((why: unknown) => {
      // Phones end the worker of a page that takes too much.
      if (!(why instanceof AppError) || why.detail['isVanished'] !== true || rung > 0) return;
      rung = 1;
      climbed = why;
    });
    const again = plan === null || !isCpuOnly ? plan : { ...plan, backend: 'wasm' as const };
    reloaded =
      again === null
        ? Promise.resolve()
        : send(made, {}, (engine, id, report) => engine.load(id, again, report)).then((report) => {
            made.setBackend(report.backend);
            onReload?.({ ...report, reason: reasonAfter(report.reason) });
          });
    reloaded.catch(() => {});
    return made;
  }

  /** Why things run as they do in a worker that was started after a failure. */
  function reasonAfter(reason: string): string {
    if (climbed === null || rung === 0) return reason;
    if (rung === CPU_RUNG) return `${climbed.message} The CPU is used instead.`;
    const why = climbed.code.endsWith('out-of-memory') ? 'memory ran out' : 'the worker or its GPU was lost';
    return `${reason} In tiles of half the side, since ${why}.`;
  }

  /** Ends a worker that does not come back from a cancelled call, so that the calls behind it are not stuck. */
  function expectBack(from: Connection, answer: Promise<unknown>): void {
    const look = (): void => {
      if (imports > 0) {
        timer = setTimeout(look, patience.returnMs);
        return;
      }
      const sentence = `The worker was ended: it did not come back within ${patience.returnMs / 1000} s from what was cancelled. Try again.`;
      from.close(new AppError('engine/crashed', sentence, { detail: { isRestart: true } }));
    };
    let timer = setTimeout(look, patience.returnMs);
    const stop = (): void => clearTimeout(timer);
    answer.then(stop, stop);
    from.broken.catch(stop);
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
    const leave = to.attend();
    try {
      const ready = Promise.all([to.engine, first]).then(([engine]) => engine);
      const engine = await Promise.race([ready, to.broken, cancelled]);
      const answer = invoke(engine, id, report);
      return await Promise.race([answer, to.broken, cancelled]).catch((error: unknown) => {
        if (isAbort(error)) {
          engine.cancel(id).catch(() => {});
          expectBack(to, answer);
        }
        // The worker may still answer: what it made then belongs to nobody.
        answer.then(discard, () => {});
        throw error;
      });
    } finally {
      leave();
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
        if (isRepeatable && isRestart(error)) continue;
        if (!FATAL.has(error.code)) throw error;
        const canClimb = climb(error);
        const why = `The worker was ended after a failure: ${error.message}`;
        on.close(new AppError('engine/crashed', why, { detail: { isRestart: canClimb } }));
        if (!canClimb || !isRepeatable) throw error;
      }
    }
  }

  /** Goes on to the next way to try, if there is one that could help against `error`. */
  function climb(error: AppError): boolean {
    const { code, detail } = error;
    const isNextUseful = code.startsWith('gpu/') || rung === 0;
    if (!isNextUseful || rung >= CPU_RUNG) return false;
    rung = detail['isSilent'] === true ? CPU_RUNG : rung + 1;
    climbed = error;
    return true;
  }

  /** A call that changes nothing in the worker, and is made again where that was ended for the sake of another. */
  async function again<R>(
    options: CallOptions,
    invoke: (engine: Engine, id: CallId, report: Report) => Promise<R>,
  ): Promise<R> {
    for (;;) {
      try {
        return await send(currentConnection(), options, invoke);
      } catch (error) {
        if (!(error instanceof AppError) || !isRestart(error)) throw error;
      }
    }
  }

  return {
    probe: (backend, options = {}) => again(options, (engine) => engine.probe(backend)),
    async load(wanted, options = {}) {
      rung = 0;
      const report = await again(options, (engine, id, tell) => engine.load(id, wanted, tell));
      connection?.setBackend(report.backend);
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
    async importWeights(source, options = {}) {
      imports += 1;
      try {
        const call = (engine: Engine, id: CallId, report: Report) => engine.importWeights(id, source, report);
        return await send(currentConnection(), options, call);
      } finally {
        imports -= 1;
      }
    },
    describeWeights: (file, name, address) =>
      again({}, (engine) => engine.describeWeights(file, name, address)),
    listWeights: () => again({}, (engine) => engine.listWeights()),
    removeWeights: async (what) => send(currentConnection(), {}, (engine) => engine.removeWeights(what)),
    clearWeights: async () => send(currentConnection(), {}, (engine) => engine.clearWeights()),
    forecastMemory: (request) => again({}, (engine) => engine.forecastMemory(request)),
    async dispose() {
      isDisposed = true;
      connection?.close(new AppError('engine/disposed', 'The engine was shut down.'));
      connection = null;
    },
  };
}
