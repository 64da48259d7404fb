import { type Endpoint, wrap } from 'comlink';
import type { Engine, EngineHost, EngineSettings } from '../contract/engine.ts';
import { installTransferHandlers } from '../contract/transfer.ts';
import { AppError } from '../core/errors.ts';

/** A worker as far as the client needs it. */
export interface WorkerLike extends Endpoint {
  terminate(): void;
}

/** One worker, from its start to its end. */
export interface Connection {
  readonly engine: Promise<Engine>;
  /** Never resolves; rejects with engine/crashed when the worker ends before its time. */
  readonly broken: Promise<never>;
  readonly isBroken: () => boolean;
  /** Ends the worker; calls that wait for it reject with `why`. */
  close(why: AppError): void;
}

/** Starts the engine in `worker`. Comlink leaves calls pending for ever when a worker dies: `broken` is there to race them. */
export function connect(worker: WorkerLike, settings: EngineSettings): Connection {
  installTransferHandlers();
  let isBroken = false;
  let reject: (why: AppError) => void = () => {};
  const broken = new Promise<never>((_, no) => {
    reject = no;
  });
  // It may reject while nobody races it.
  broken.catch(() => {});

  const end = (why: AppError): void => {
    if (isBroken) return;
    isBroken = true;
    worker.terminate();
    reject(why);
  };
  worker.addEventListener('error', (event) => {
    const text = 'message' in event && typeof event.message === 'string' ? event.message : '';
    end(
      new AppError(
        'engine/crashed',
        `The worker that runs the networks has ended${text === '' ? '' : ` (${text})`}. Try again: a new one is started.`,
        { detail: { text } },
      ),
    );
  });
  worker.addEventListener('messageerror', () => {
    end(new AppError('engine/crashed', 'A message between page and worker could not be read. Try again.'));
  });

  const engine = wrap<EngineHost>(worker).open(settings);
  engine.catch(() => {});
  return { engine, broken, isBroken: () => isBroken, close: end };
}
