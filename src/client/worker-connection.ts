import { type Endpoint, wrap } from 'comlink';
import type { Backend, Engine, EngineHost, EngineSettings, LoadReport } from '../contract/engine.ts';
import { installTransferHandlers } from '../contract/transfer.ts';
import { AppError } from '../core/errors.ts';
import { missingPart } from '../core/missing-part.ts';
import { within } from '../core/within.ts';

/** Marks an error as the end of a worker that calls can do without: what can be repeated is, in the next one. */
export const RESTART = { isRestart: true } as const;

/** A worker as far as the client needs it. */
export interface WorkerLike extends Endpoint {
  terminate(): void;
}

/** How long a worker may leave the page without a sign, in milliseconds. */
export interface Patience {
  /** From its start to its first answer: it fetches some 200 kB of script first. */
  readonly openMs: number;
  /** Between two looks whether its thread still answers, while a call waits. */
  readonly beatMs: number;
  /**
   * Without an answer, by what networks run on. On the GPU nothing blocks the worker's thread for more than the seconds in which a graph is
   * prepared; on the CPU a run blocks it to its end, which may take minutes on a slow phone: there only a dead thread is silent for this long.
   * Several threads of it are faster, and may wait for each other for ever; to be wrong about them costs a start on one.
   */
  readonly silentMs: Readonly<Record<Backend | 'threads', number>>;
  /** From a cancel to the end of the work: about what a new worker costs, which is what waiting longer is exchanged for. */
  readonly returnMs: number;
}

export const PATIENCE: Patience = {
  openMs: 60_000,
  beatMs: 5000,
  silentMs: { webgpu: 120_000, wasm: 600_000, threads: 120_000 },
  returnMs: 5000,
};

export type Locks = Pick<LockManager, 'request' | 'query'>;

/** One worker, from its start to its end. */
export interface Connection {
  readonly engine: Promise<Engine>;
  /** Never resolves; rejects with engine/crashed when the worker ends before its time. */
  readonly broken: Promise<never>;
  readonly isBroken: () => boolean;
  /** Watches for signs of life until the call that waits for the worker is over and the returned function called. */
  attend(): () => void;
  /** What networks run on, where it is known; until then the CPU is assumed, with all the threads that the page lets it have. */
  setDevice(device: Pick<LoadReport, 'backend' | 'threads'>): void;
  /** Ends the worker; calls that wait for it reject with `why`. */
  close(why: AppError): void;
}

/** Calls `onFree` once the lock `name`, which the worker holds as long as it lives, can be had. */
async function awaitFree(locks: Locks, name: string, signal: AbortSignal, onFree: () => void): Promise<void> {
  const { held = [] } = await locks.query();
  // A worker that was refused its lock would look dead.
  if (held.some((lock) => lock.name === name)) await locks.request(name, { signal }, onFree);
}

interface Beat {
  readonly beatMs: number;
  readonly limitMs: () => number;
  readonly ask: () => Promise<unknown>;
  readonly onSilent: (limitMs: number) => void;
}

/** Looks for signs of life until it is stopped. Counts looks, not time: a machine that slept for hours has missed none of them. */
function startBeat({ beatMs, limitMs, ask, onSilent }: Beat): () => void {
  let isAnswered = true;
  let missed = 0;
  const timer = setInterval(() => {
    if (!isAnswered) {
      missed += 1;
      if (missed * beatMs >= limitMs()) onSilent(limitMs());
      return;
    }
    isAnswered = false;
    missed = 0;
    function answer(): void {
      isAnswered = true;
    }
    ask().then(answer, answer);
  }, beatMs);
  return () => clearInterval(timer);
}

/** Watches from the first call that waits to the end of the last. */
function attendance(beat: Beat): Connection['attend'] {
  let waiting = 0;
  let stopBeat: () => void = () => {};
  return () => {
    if (waiting === 0) stopBeat = startBeat(beat);
    waiting += 1;
    return () => {
      waiting -= 1;
      if (waiting === 0) stopBeat();
    };
  };
}

type RunsOn = keyof Patience['silentMs'];

/** What networks run on in a worker that has not said so yet. */
const presumed = ({ isSingleThread = false }: EngineSettings): RunsOn =>
  globalThis.crossOriginIsolated === true && !isSingleThread ? 'threads' : 'wasm';

/**
 * Starts the engine in `worker`. Comlink leaves calls pending for ever when a worker dies: `broken` is there to race them. A death is
 * known by an error event; where there is none, by the lock that the worker held, at once; else by its silence.
 */
export function connect(
  worker: WorkerLike,
  settings: EngineSettings,
  { patience, locks }: { readonly patience: Patience; readonly locks: Locks | undefined },
): Connection {
  installTransferHandlers();
  let isBroken = false;
  let isOpen = false;
  let runsOn = presumed(settings);
  let reject: (why: AppError) => void = () => {};
  const broken = new Promise<never>((_, no) => {
    reject = no;
  });
  // It may reject while nobody races it.
  broken.catch(() => {});
  const ended = new AbortController();

  function end(why: AppError): void {
    if (isBroken) return;
    isBroken = true;
    worker.terminate();
    ended.abort();
    reject(why);
  }
  const crashed = (sentence: string, detail = {}): void =>
    end(new AppError('engine/crashed', `${sentence} Try again: a new one is started.`, { detail }));

  worker.addEventListener('error', (event) => {
    const text = 'message' in event && typeof event.message === 'string' ? event.message : '';
    // A script that could not be loaded has no message; one that fails has.
    if (!isOpen && text === '') {
      end(missingPart('The part of the page that runs the networks', 'engine/crashed'));
    }
    crashed(`The worker that runs the networks has ended${text === '' ? '' : ` (${text})`}.`, { text });
  });
  worker.addEventListener('messageerror', () => {
    end(new AppError('engine/crashed', 'A message between page and worker could not be read. Try again.'));
  });

  const lifeLock = locks === undefined ? null : `latentlift-engine ${crypto.randomUUID()}`;
  const engine = wrap<EngineHost>(worker).open(lifeLock === null ? settings : { ...settings, lifeLock });
  engine.then(
    () => {
      isOpen = true;
    },
    () => {},
  );
  within(engine, patience.openMs, () => {
    crashed(`The worker that runs the networks did not start within ${patience.openMs / 1000} s.`);
  }).catch(() => {});

  if (locks !== undefined && lifeLock !== null) {
    const onFree = (): void =>
      crashed('The worker that runs the networks was ended by the browser, often because memory is short.', {
        isVanished: true,
      });
    engine.then(() => awaitFree(locks, lifeLock, ended.signal, onFree)).catch(() => {});
  }

  function onSilent(limitMs: number): void {
    const detail = runsOn === 'threads' ? { ...RESTART, isStuck: true } : {};
    crashed(`The worker that runs the networks has given no sign of life for ${limitMs / 1000} s.`, detail);
  }
  return {
    engine,
    broken,
    isBroken: () => isBroken,
    attend: attendance({
      beatMs: patience.beatMs,
      limitMs: () => patience.silentMs[runsOn],
      // No call has this id: all that is asked is whether the worker gets to answering.
      ask: () => engine.then((open) => open.cancel(0)),
      onSilent,
    }),
    setDevice({ backend, threads }) {
      runsOn = backend === 'wasm' && threads > 1 ? 'threads' : backend;
    },
    close: end,
  };
}
