import { type Endpoint, expose, proxy, transferHandlers } from 'comlink';
import type { DecodeJob, Engine, EngineHost, LoadPlan } from '../../src/contract/engine.ts';
import { releasingReports } from '../../src/contract/transfer.ts';
import { createEngine } from '../engine.ts';
import { type Behaviour, type FakeBitmap, fakeSurroundings } from './fake-surroundings.ts';
import { gate } from './gate.ts';

/** Fake bitmaps come out of the channel with a `close`, as real ones do, and note that it was called. */
let closed = 0;
export const closedBitmaps = (): number => closed;
const hasFakeBitmap = (value: unknown): value is { readonly bitmap: FakeBitmap } =>
  typeof value === 'object' &&
  value !== null &&
  'bitmap' in value &&
  typeof value.bitmap === 'object' &&
  value.bitmap !== null &&
  'isFakeBitmap' in value.bitmap;
transferHandlers.set('fake-bitmap', {
  canHandle: hasFakeBitmap,
  serialize: (value: unknown): [unknown, Transferable[]] => [value, []],
  deserialize(value: unknown): unknown {
    if (!hasFakeBitmap(value)) return value;
    return { ...value, bitmap: { ...value.bitmap, close: () => (closed += 1) } };
  },
});

/** A worker's outside, with handles for a test. */
export interface FakeWorker extends Endpoint {
  terminate(): void;
  readonly memoryShare: () => number;
  readonly isSingleThread: () => boolean;
  /** Ends like a worker whose script throws outside of any call. */
  crash(message: string): void;
  /** Ends without a word, as `self.close()` and phones short of memory have it. */
  vanish(): void;
  /** A thread that is at work answers nothing until it is done. */
  setDeaf(deaf: boolean): void;
  readonly isTerminated: () => boolean;
}

/** Web Locks as far as a life is concerned: held until `ended`. */
export interface LifeLocks extends Pick<LockManager, 'request' | 'query'> {
  hold(name: string, ended: Promise<void>): void;
}

export function fakeLocks(): LifeLocks {
  const held = new Map<string, Promise<void>>();
  return {
    hold: (name, ended) => void held.set(name, ended),
    query: async () => ({ held: [...held.keys()].map((name) => ({ name })), pending: [] }),
    request: (async (name: string, _options: LockOptions, granted: () => unknown) => {
      await held.get(name);
      return granted();
    }) as LockManager['request'],
  };
}

/** The real engine in fake surroundings, behind a real message channel. */
export function fakeWorker(behaviour: Behaviour, locks: LifeLocks): FakeWorker {
  const { port1, port2 } = new MessageChannel();
  const life = gate();
  let hearing = gate();
  hearing.open();
  const events = new EventTarget();
  let isTerminated = false;
  let memoryShare = 0;
  let isSingleThread = false;
  const host: EngineHost = {
    async open(settings) {
      ({ memoryShare, isSingleThread = false } = settings);
      await behaviour.opens();
      if (settings.lifeLock !== undefined) locks.hold(settings.lifeLock, life.opened);
      const engine = createEngine(fakeSurroundings(behaviour, settings.memoryShare));
      const load: Engine['load'] = async (...asked) => ({
        ...(await engine.load(...asked)),
        backend: behaviour.backend,
      });
      const cancel: Engine['cancel'] = async (id) => {
        await hearing.opened;
        await engine.cancel(id);
      };
      return proxy(releasingReports({ ...engine, load, cancel }));
    },
  };
  expose(host, port2);
  function terminate(): void {
    isTerminated = true;
    life.open();
    port1.close();
    port2.close();
  }
  return {
    vanish() {
      hearing = gate();
      life.open();
    },
    setDeaf(deaf) {
      if (deaf) hearing = gate();
      else hearing.open();
    },
    memoryShare: () => memoryShare,
    isSingleThread: () => isSingleThread,
    isTerminated: () => isTerminated,
    terminate,
    crash(message) {
      terminate();
      events.dispatchEvent(Object.assign(new Event('error'), { message }));
    },
    postMessage: (message, transfer) => port1.postMessage(message, transfer ?? []),
    start: () => port1.start(),
    addEventListener: (type, listener) =>
      (type === 'message' ? port1 : events).addEventListener(type, listener),
    removeEventListener: (type, listener) =>
      (type === 'message' ? port1 : events).removeEventListener(type, listener),
  };
}

/** All the toy models. */
export const PLAN: LoadPlan = {
  backend: 'auto',
  precision: 'auto',
  models: { decoder: 'tiny-decoder', upscaler: 'tiny-upscaler', encoder: 'tiny-encoder' },
};

/** A latent of zeros to decode. */
export const job = (
  side: number,
  scale: 1 | 2 | 4 = 1,
  method: DecodeJob['method'] = 'decode',
): DecodeJob => ({
  latent: {
    data: new Float32Array(32 * side * side),
    channels: 32,
    height: side,
    width: side,
    family: 'flux2',
    space: 'model',
  },
  scale,
  method,
});
