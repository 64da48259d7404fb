import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Behaviour, calmBehaviour } from '../../workers/testing/fake-surroundings.ts';
import { type FakeWorker, job, PLAN } from '../../workers/testing/fake-worker.ts';
import { gate } from '../../workers/testing/gate.ts';
import { AppError, isAbort } from '../core/errors.ts';
import { createTestClient } from './testing/test-client.ts';

let behaviour: Behaviour;
const ends: (() => Promise<void>)[] = [];

/** Times a hundred times shorter than the real ones. */
const PATIENCE = {
  openMs: 300,
  beatMs: 10,
  silentMs: { webgpu: 100, wasm: 600, threads: 200 },
  returnMs: 60,
};

function start(patience = PATIENCE) {
  const reasons: string[] = [];
  const made = createTestClient(behaviour, {
    patience,
    onReload: ({ reason }) => reasons.push(reason),
  });
  ends.push(() => made.client.dispose());
  function worker(index: number): FakeWorker {
    const found = made.workers[index];
    if (found === undefined) throw new Error(`there is no worker ${index}`);
    return found;
  }
  return { ...made, worker, reasons };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** That a worker which is silent for `silentMs` gives its picture all the same. */
async function expectWaitedFor(silentMs: number): Promise<void> {
  const { client, workers, worker } = start();
  await client.load(PLAN);
  const busy = gate();
  behaviour.beforeRun = () => busy.opened;
  const pending = client.decode(job(4));
  await pause(20);
  worker(0).setDeaf(true);
  await pause(silentMs);
  worker(0).setDeaf(false);
  busy.open();
  expect((await pending).width).toBe(32);
  expect(workers).toHaveLength(1);
}

beforeEach(() => {
  behaviour = calmBehaviour();
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  vi.unstubAllGlobals();
});

describe('a worker that vanishes without an event', () => {
  it('is told at once, and the next call runs in a new one with less memory', async () => {
    const { client, workers, worker } = start();
    await client.load(PLAN);
    behaviour.beforeRun = () => gate().opened;
    const pending = client.decode(job(4));
    pending.catch(() => {});
    await pause(20);
    const since = performance.now();
    worker(0).vanish();
    await expect(pending).rejects.toMatchObject({
      code: 'engine/crashed',
      message: expect.stringMatching(/ended by the browser.*Try again/),
    });
    expect(performance.now() - since).toBeLessThan(PATIENCE.silentMs.webgpu);
    behaviour.beforeRun = async () => {};
    expect((await client.decode(job(4))).width).toBe(32);
    expect(workers.map((each) => each.memoryShare())).toEqual([1, 0.25]);
  });

  it('where the browser has no locks is told after a while without a sign of life', async () => {
    behaviour.hasLocks = false;
    const { client, worker } = start();
    await client.load(PLAN);
    behaviour.beforeRun = () => gate().opened;
    const pending = client.decode(job(4));
    await pause(20);
    worker(0).vanish();
    await expect(pending).rejects.toMatchObject({
      code: 'engine/crashed',
      message: expect.stringMatching(/no sign of life for 0\.6 s.*Try again/),
    });
    behaviour.beforeRun = async () => {};
    expect((await client.decode(job(4))).width).toBe(32);
  });

  it('before it has opened is told, and the next load starts another', async () => {
    behaviour.opens = () => gate().opened;
    const { client, workers } = start();
    await expect(client.load(PLAN)).rejects.toMatchObject({
      code: 'engine/crashed',
      message: expect.stringMatching(/did not start within 0\.3 s.*Try again/),
    });
    behaviour.opens = async () => {};
    expect((await client.load(PLAN)).backend).toBe('wasm');
    expect(workers).toHaveLength(2);
  });
});

describe('a worker whose thread is busy', () => {
  it('on the CPU is not taken for dead: a run there blocks it for long', async () => {
    await expectWaitedFor(3 * PATIENCE.silentMs.webgpu);
  });

  it('on the GPU is, much sooner: nothing there blocks it', async () => {
    behaviour.backend = 'webgpu';
    const { client, worker } = start();
    await client.load(PLAN);
    behaviour.beforeRun = () => gate().opened;
    const pending = client.decode(job(4));
    pending.catch(() => {});
    await pause(20);
    worker(0).setDeaf(true);
    await expect(pending).rejects.toMatchObject({
      message: expect.stringMatching(/no sign of life for 0\.1 s/),
    });
  });
});

describe('threads of the CPU that wait for each other for ever', () => {
  /** Deafens the first worker when its networks run. */
  function getStuck(worker: (index: number) => FakeWorker, workers: readonly FakeWorker[]): Promise<void> {
    if (workers.length > 1) return Promise.resolve();
    worker(0).setDeaf(true);
    return gate().opened;
  }

  it('are given up for one, which makes the picture, and the reason is told', async () => {
    behaviour.threads = 2;
    const { client, workers, worker, reasons } = start();
    await client.load(PLAN);
    behaviour.beforeRun = () => getStuck(worker, workers);
    expect((await client.decode(job(4))).width).toBe(32);
    expect(workers.map((each) => each.isSingleThread())).toEqual([false, true]);
    expect(reasons).toEqual(['There is no GPU in a test. On one thread, since several got stuck.']);
  });

  it('may do so while they start, where the page lets the CPU have several', async () => {
    vi.stubGlobal('crossOriginIsolated', true);
    const { client, workers, worker } = start();
    behaviour.opensCompute = () => getStuck(worker, workers);
    expect((await client.load(PLAN)).backend).toBe('wasm');
    expect(workers.map((each) => each.isSingleThread())).toEqual([false, true]);
  });

  it('are not waited for by one thread: its silence is the same as ever', async () => {
    vi.stubGlobal('crossOriginIsolated', true);
    await expectWaitedFor(1.5 * PATIENCE.silentMs.threads);
  });
});

describe('cancelling work that does not stop', () => {
  it('rejects at once, and the next call is not stuck behind it: it runs in a new worker', async () => {
    const { client, workers } = start();
    await client.load(PLAN);
    behaviour.beforeRun = () => gate().opened;
    const abort = new AbortController();
    const hung = client.decode(job(4), { signal: abort.signal });
    await pause(20);
    const since = performance.now();
    abort.abort();
    await expect(hung).rejects.toSatisfy(isAbort);
    expect(performance.now() - since).toBeLessThan(300);
    behaviour.beforeRun = async () => {};
    expect((await client.decode(job(5))).width).toBe(40);
    expect(workers).toHaveLength(2);
    expect(workers[0]?.isTerminated()).toBe(true);
  });

  it('of a load lets the next load through in a new worker', async () => {
    const { client, workers } = start();
    behaviour.opensCompute = () => gate().opened;
    const abort = new AbortController();
    const hung = client.load(PLAN, { signal: abort.signal });
    await pause(20);
    abort.abort();
    await expect(hung).rejects.toSatisfy(isAbort);
    behaviour.opensCompute = async () => {};
    expect((await client.load(PLAN)).backend).toBe('wasm');
    expect(workers).toHaveLength(2);
  });

  it('but stops soon keeps the worker and what it has loaded', async () => {
    // Long enough for a machine that is busy with other things.
    const returnMs = 900;
    const { client, workers } = start({ ...PATIENCE, returnMs });
    await client.load(PLAN);
    behaviour.beforeRun = () => pause(30);
    const abort = new AbortController();
    const late = client.decode(job(4), { signal: abort.signal });
    await pause(10);
    abort.abort();
    await expect(late).rejects.toSatisfy(isAbort);
    await pause(returnMs + 100);
    await client.decode(job(4));
    expect(workers).toHaveLength(1);
  });
});

describe('a GPU that hangs', () => {
  it('is not asked a second time: the CPU makes the picture, and the reason is told', async () => {
    const { client, workers, reasons } = start();
    await client.load(PLAN);
    const silent = new AppError('gpu/lost', 'The GPU has not answered for 120 s.', {
      detail: { isSilent: true },
    });
    behaviour.beforeRun = () => (workers.length === 1 ? Promise.reject(silent) : Promise.resolve());
    expect((await client.decode(job(4))).width).toBe(32);
    expect(workers).toHaveLength(2);
    expect(reasons).toEqual(['The GPU has not answered for 120 s. The CPU is used instead.']);
  });
});
