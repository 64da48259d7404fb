import { expose, proxy, transferHandlers } from 'comlink';
import { beforeEach, describe, expect, it } from 'vitest';
import { createEngine } from '../../workers/engine.ts';
import {
  type Behaviour,
  calmBehaviour,
  type FakeBitmap,
  fakeSurroundings,
} from '../../workers/testing/fake-surroundings.ts';
import type { DecodeJob, EngineHost, LoadPlan, Progress } from '../contract/engine.ts';
import { releasingReports } from '../contract/transfer.ts';
import { AppError, isAbort } from '../core/errors.ts';
import { createEngineClient } from './create-engine-client.ts';
import type { EngineClient } from './engine-client.ts';
import type { WorkerLike } from './worker-connection.ts';

/** Fake bitmaps come out of the channel with a `close`, as real ones do, and note that it was called. */
let closed = 0;
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

interface FakeWorker extends WorkerLike {
  readonly memoryShare: () => number;
  /** Ends like a worker whose script throws outside of any call. */
  crash(message: string): void;
  readonly isTerminated: () => boolean;
}

/** The real engine in fake surroundings, behind a real message channel. */
function fakeWorker(behaviour: Behaviour): FakeWorker {
  const { port1, port2 } = new MessageChannel();
  const events = new EventTarget();
  let isTerminated = false;
  let memoryShare = 0;
  const host: EngineHost = {
    async open(settings) {
      memoryShare = settings.memoryShare;
      return proxy(releasingReports(createEngine(fakeSurroundings(behaviour, settings.memoryShare))));
    },
  };
  expose(host, port2);
  const terminate = (): void => {
    isTerminated = true;
    port1.close();
    port2.close();
  };
  return {
    memoryShare: () => memoryShare,
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

const PLAN: LoadPlan = {
  backend: 'auto',
  precision: 'auto',
  decoder: 'tiny-decoder',
  upscaler: 'tiny-upscaler',
  encoder: 'tiny-encoder',
};

const job = (side: number, scale: 1 | 2 | 4 = 1, method: DecodeJob['method'] = 'decode'): DecodeJob => ({
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

let behaviour: Behaviour;
let workers: FakeWorker[];
let client: EngineClient;

beforeEach(() => {
  closed = 0;
  behaviour = calmBehaviour();
  workers = [];
  client = createEngineClient({
    baseUrl: 'https://example.org/',
    spawn: () => {
      const worker = fakeWorker(behaviour);
      workers.push(worker);
      return worker;
    },
  });
  return () => client.dispose();
});

/** A promise and the function that settles it. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

describe('a call', () => {
  it('gives a picture of the scaled size with its timings', async () => {
    await client.load(PLAN);
    for (const [scale, method] of [
      [1, 'decode'],
      [2, 'lua'],
      [4, 'lua'],
      [2, 'latent-bicubic'],
      [4, 'pixel-bicubic'],
      [2, 'pixel-lanczos'],
    ] as const) {
      const image = await client.decode(job(4, scale, method));
      expect([image.width, image.height]).toEqual([32 * scale, 32 * scale]);
      const { timings } = image;
      expect(timings.backend).toBe('wasm');
      expect(timings.totalMs).toBeGreaterThanOrEqual(
        timings.decodeMs + timings.upscaleMs + timings.presentMs - 0.01,
      );
      if (method === 'decode') expect(timings.upscaleMs).toBe(0);
    }
  });

  it('is cold the first time and warm the second', async () => {
    await client.load(PLAN);
    expect((await client.decode(job(4))).timings.run).toBe('cold');
    const { timings } = await client.decode(job(4));
    expect(timings).toMatchObject({ run: 'warm', compileMs: 0 });
  });

  it('gives an upscaled latent in the family and space of the one given', async () => {
    await client.load(PLAN);
    const latent = await client.upscale(job(3, 4, 'lua'));
    expect(latent).toMatchObject({ channels: 32, height: 12, width: 12, family: 'flux2', space: 'model' });
    expect(latent.data).toHaveLength(32 * 144);
  });

  it('reports what was loaded and from where; the second time from memory', async () => {
    const first = await client.load(PLAN);
    expect(first).toMatchObject({ backend: 'wasm', precision: 'f32', reason: 'There is no GPU in a test.' });
    expect(first.models.map(({ id, from }) => `${id} ${from}`)).toEqual([
      'tiny-decoder network',
      'tiny-upscaler network',
      'tiny-encoder network',
    ]);
    const second = await client.load(PLAN);
    expect(second.models.every(({ from }) => from === 'memory')).toBe(true);
  });
});

describe('errors', () => {
  it('keep their class, code and detail over the boundary', async () => {
    await client.load(PLAN);
    const wrong = { ...job(4), latent: { ...job(4).latent, channels: 16, data: new Float32Array(256) } };
    const error = await client.decode(wrong).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'model/mismatch', detail: { channels: 16 } });
  });

  it.each([
    ['a decode before any load', () => client.decode(job(4)), 'engine/not-loaded'],
    ['an unknown model', () => client.load({ ...PLAN, decoder: 'nobody' }), 'model/missing'],
    [
      'a method that a scale does not have',
      () => client.load(PLAN).then(() => client.decode(job(4, 1, 'lua'))),
      'engine/run',
    ],
    [
      'a method whose model is not loaded',
      () => client.load({ ...PLAN, upscaler: null }).then(() => client.decode(job(4, 2, 'lua'))),
      'engine/not-loaded',
    ],
    [
      'a latent wanted of a pixel method',
      () => client.load(PLAN).then(() => client.upscale(job(4, 2, 'pixel-bicubic'))),
      'engine/run',
    ],
  ])('%s is refused with a code', async (_name, call, code) => {
    await expect(call()).rejects.toMatchObject({ name: 'AppError', code });
  });

  it('a failed plan leaves the one before it in place', async () => {
    await client.load(PLAN);
    await expect(client.load({ ...PLAN, upscaler: 'nobody' })).rejects.toMatchObject({
      code: 'model/missing',
    });
    expect((await client.decode(job(4, 2, 'lua'))).width).toBe(64);
  });

  it('a failed run does not stop the calls behind it', async () => {
    await client.load(PLAN);
    behaviour.beforeRun = async (runs) => {
      if (runs === 1) throw new AppError('engine/run', 'no');
    };
    const [failed, fine] = await Promise.allSettled([client.decode(job(4)), client.decode(job(4))]);
    expect(failed).toMatchObject({ status: 'rejected', reason: { code: 'engine/run' } });
    expect(fine.status).toBe('fulfilled');
  });
});

describe('an abort', () => {
  it('before the call rejects without bothering the worker', async () => {
    const progress: Progress[] = [];
    const call = client.decode(job(4), { signal: AbortSignal.abort(), onProgress: (p) => progress.push(p) });
    await expect(call).rejects.toSatisfy(isAbort);
    expect(progress).toEqual([]);
  });

  it('while waiting in the queue rejects at once, and the network is never run', async () => {
    await client.load(PLAN);
    const busy = gate();
    let runs = 0;
    behaviour.beforeRun = async () => {
      runs += 1;
      await busy.opened;
    };
    const first = client.decode(job(4));
    const abort = new AbortController();
    const second = client.decode(job(5), { signal: abort.signal });
    abort.abort();
    await expect(second).rejects.toSatisfy(isAbort);
    busy.open();
    await first;
    expect((await client.decode(job(6))).width).toBe(48);
    expect(runs).toBe(2);
  });

  it('during a decode stops it between tiles', async () => {
    behaviour.maxTileCells = 24;
    await client.load(PLAN);
    let runs = 0;
    behaviour.beforeRun = async () => {
      runs += 1;
    };
    const abort = new AbortController();
    const call = client.decode(job(60), {
      signal: abort.signal,
      onProgress: (step) => {
        if (step.kind === 'decode' && step.tile === 2) abort.abort();
      },
    });
    await expect(call).rejects.toSatisfy(isAbort);
    await client.decode(job(4));
    // 36 tiles were planned; a few more may have begun before the cancel arrived.
    expect(runs).toBeLessThan(20);
  });

  it('that comes too late for the worker gives nobody the picture: it is closed', async () => {
    await client.load(PLAN);
    const running = gate();
    const finish = gate();
    behaviour.beforeRun = async () => {
      running.open();
      await finish.opened;
    };
    const abort = new AbortController();
    const call = client.decode(job(4), { signal: abort.signal });
    await running.opened;
    abort.abort();
    await expect(call).rejects.toSatisfy(isAbort);
    finish.open();
    await client.decode(job(4));
    expect(closed).toBe(1);
  });

  it('after the call changes nothing', async () => {
    await client.load(PLAN);
    const abort = new AbortController();
    const image = await client.decode(job(4), { signal: abort.signal });
    abort.abort();
    expect(image.width).toBe(32);
    expect((await client.decode(job(4))).width).toBe(32);
  });
});

describe('a crash of the worker', () => {
  it('rejects the pending calls, and the next call finds the models loaded again', async () => {
    await client.load(PLAN);
    const never = gate();
    behaviour.beforeRun = () => never.opened;
    const pending = [client.decode(job(4)), client.decode(job(5))];
    await new Promise((resolve) => setTimeout(resolve, 20));
    workers[0]?.crash('boom');
    for (const call of pending)
      await expect(call).rejects.toMatchObject({
        code: 'engine/crashed',
        message: expect.stringContaining('boom'),
      });
    behaviour.beforeRun = async () => {};
    expect((await client.decode(job(4))).width).toBe(32);
    expect(workers).toHaveLength(2);
    expect(workers[0]?.isTerminated()).toBe(true);
  });

  it('during the first load rejects it; loading again works', async () => {
    const loading = client.load(PLAN);
    workers[0]?.crash('no script');
    await expect(loading).rejects.toMatchObject({ code: 'engine/crashed' });
    expect((await client.load(PLAN)).backend).toBe('wasm');
  });
});

describe('running out of memory', () => {
  const outOfMemory = (): Promise<never> => Promise.reject(new AppError('engine/out-of-memory', 'full'));

  it('ends the worker and tries once more with a quarter of the budget, waiting calls included', async () => {
    await client.load(PLAN);
    behaviour.beforeRun = () => (workers.length === 1 ? outOfMemory() : Promise.resolve());
    const images = await Promise.all([client.decode(job(4)), client.decode(job(5))]);
    expect(images.map(({ width }) => width)).toEqual([32, 40]);
    expect(workers.map((worker) => worker.memoryShare())).toEqual([1, 0.25]);
    expect(workers[0]?.isTerminated()).toBe(true);
  });

  it('is told when it happens again, and does not repeat for ever', async () => {
    await client.load(PLAN);
    behaviour.beforeRun = outOfMemory;
    await expect(client.decode(job(4))).rejects.toMatchObject({ code: 'engine/out-of-memory' });
    expect(workers).toHaveLength(2);
  });

  it('of a lost GPU ends on the CPU, and the client says so', async () => {
    const reloads: string[] = [];
    client = createEngineClient({
      baseUrl: 'https://example.org/',
      onReload: (report) => reloads.push(report.reason),
      spawn: () => {
        const worker = fakeWorker(behaviour);
        workers.push(worker);
        return worker;
      },
    });
    await client.load(PLAN);
    behaviour.beforeRun = () =>
      workers.length < 3 ? Promise.reject(new AppError('gpu/lost', 'gone')) : Promise.resolve();
    expect((await client.decode(job(4))).timings.backend).toBe('wasm');
    expect(workers).toHaveLength(3);
    expect(reloads).toHaveLength(2);
  });
});

describe('progress', () => {
  it('of fetching never falls, keeps its total and ends at it, for each file', async () => {
    const seen = new Map<string, [number, number][]>();
    await client.load(PLAN, {
      onProgress: (step) => {
        if (step.kind !== 'fetch') return;
        seen.set(step.file, [...(seen.get(step.file) ?? []), [step.loadedBytes, step.totalBytes]]);
      },
    });
    expect([...seen.keys()].sort()).toEqual([
      'decoder.safetensors',
      'encoder.safetensors',
      'upscaler.safetensors',
    ]);
    for (const steps of seen.values()) {
      const loaded = steps.map(([bytes]) => bytes);
      expect(loaded).toEqual([...loaded].sort((a, b) => a - b));
      expect(new Set(steps.map(([, total]) => total)).size).toBe(1);
      expect(loaded.at(-1)).toBe(steps[0]?.[1]);
    }
  });

  it('of a decode counts tiles from 1 to the number that the result tells, each with its picture', async () => {
    behaviour.maxTileCells = 24;
    await client.load(PLAN);
    const steps: Progress[] = [];
    const image = await client.decode(job(60), { onProgress: (step) => steps.push(step) });
    const counted = steps.flatMap((step) => (step.kind === 'decode' ? [step.tile] : []));
    expect(counted).toEqual(Array.from({ length: image.tiles }, (_, k) => k + 1));
    const painted = steps.flatMap((step) => (step.kind === 'paint' ? [step.width * step.height] : []));
    expect(painted).toHaveLength(image.tiles);
    expect(painted.reduce((a, b) => a + b)).toBe(480 * 480);
    expect(steps[0]).toEqual({ kind: 'queued' });
  });

  it('is silent once the call has settled', async () => {
    await client.load(PLAN);
    let isSettled = false;
    let late = 0;
    await client.decode(job(4), {
      onProgress: () => {
        if (isSettled) late += 1;
      },
    });
    isSettled = true;
    await client.decode(job(4));
    expect(late).toBe(0);
  });
});

describe('dispose', () => {
  it('rejects what is pending and everything after', async () => {
    await client.load(PLAN);
    const never = gate();
    behaviour.beforeRun = () => never.opened;
    const pending = client.decode(job(4));
    await new Promise((resolve) => setTimeout(resolve, 5));
    await client.dispose();
    await expect(pending).rejects.toMatchObject({ code: 'engine/disposed' });
    await expect(client.decode(job(4))).rejects.toMatchObject({ code: 'engine/disposed' });
  });
});
