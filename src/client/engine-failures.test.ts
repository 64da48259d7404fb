import { beforeEach, describe, expect, it } from 'vitest';
import { type Behaviour, calmBehaviour } from '../../workers/testing/fake-surroundings.ts';
import { closedBitmaps, type FakeWorker, job, PLAN } from '../../workers/testing/fake-worker.ts';
import { gate } from '../../workers/testing/gate.ts';
import type { Progress } from '../contract/call.ts';
import type { LoadReport } from '../contract/engine.ts';
import { AppError, isAbort } from '../core/errors.ts';
import { isMissingPart } from '../core/missing-part.ts';
import type { EngineClient } from './engine-client.ts';
import { createTestClient } from './testing/test-client.ts';

let behaviour: Behaviour;
let workers: FakeWorker[];
let client: EngineClient;

beforeEach(() => {
  behaviour = calmBehaviour();
  ({ client, workers } = createTestClient(behaviour));
  return () => client.dispose();
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
    const closedBefore = closedBitmaps();
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
    expect(closedBitmaps()).toBe(closedBefore + 1);
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
    for (const call of pending) {
      await expect(call).rejects.toMatchObject({
        code: 'engine/crashed',
        message: expect.stringContaining('boom'),
      });
    }
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

describe('a worker whose script is gone from the host', () => {
  it('is told with the reload that brings the new version, since trying again cannot help', async () => {
    behaviour.opens = () => gate().opened;
    const loading = client.load(PLAN);
    loading.catch(() => {});
    // So browsers tell of a script that answers 404 or HTML: an error without a message.
    workers[0]?.crash('');
    const error = await loading.catch((caught: unknown) => caught);
    expect(isMissingPart(error)).toBe(true);
    expect(error).toMatchObject({
      code: 'engine/crashed',
      message: expect.stringMatching(/runs the networks could not be loaded: a new version.*Reload the page/),
    });
  });

  it('is not blamed where the worker had started: trying again starts another', async () => {
    await client.load(PLAN);
    behaviour.beforeRun = () => gate().opened;
    const pending = client.decode(job(4));
    pending.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 20));
    workers[0]?.crash('');
    const error = await pending.catch((caught: unknown) => caught);
    expect(isMissingPart(error)).toBe(false);
    expect(error).toMatchObject({ message: expect.stringMatching(/has ended\. Try again/) });
  });
});

describe('a device that fails at the last step', () => {
  it('gives no black picture: the picture is closed and made again in a new worker', async () => {
    await client.load(PLAN);
    let closed = 0;
    behaviour.onClose = () => {
      closed += 1;
    };
    behaviour.failureAtFinish = () => (workers.length === 1 ? new AppError('gpu/lost', 'gone') : null);
    expect((await client.decode(job(4))).width).toBe(32);
    expect(workers).toHaveLength(2);
    expect(closed).toBe(1);
  });
});

describe('an AbortError of the browser that nobody asked for', () => {
  it('is told as a failure, not taken for a cancel', async () => {
    await client.load(PLAN);
    behaviour.beforeRun = () =>
      Promise.reject(new DOMException('The device was lost before mapping was resolved.', 'AbortError'));
    const call = client.decode(job(4));
    await expect(call).rejects.toMatchObject({ code: 'engine/run' });
    await expect(call).rejects.toThrow('The device was lost before mapping was resolved.');
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

  it('halves the sides of the tiles, and the report says so', async () => {
    const told: unknown[] = [];
    const onReload = ({ cause, reason }: LoadReport) => told.push([cause, reason]);
    ({ client, workers } = createTestClient(behaviour, { onReload }));
    await client.load(PLAN);
    behaviour.beforeRun = () => (workers.length === 1 ? outOfMemory() : Promise.resolve());
    await client.decode(job(4));
    expect(told).toEqual([
      ['tiles-after-failure', 'There is no GPU in a test. In tiles of half the side, since memory ran out.'],
    ]);
  });

  it('is told when it happens again, and does not repeat for ever', async () => {
    await client.load(PLAN);
    behaviour.beforeRun = outOfMemory;
    await expect(client.decode(job(4))).rejects.toMatchObject({ code: 'engine/out-of-memory' });
    expect(workers).toHaveLength(2);
  });

  it('of a lost GPU ends on the CPU, and the client says so', async () => {
    const reloads: string[] = [];
    ({ client, workers } = createTestClient(behaviour, {
      onReload: (report) => reloads.push(report.reason),
    }));
    await client.load(PLAN);
    behaviour.beforeRun = () =>
      workers.length < 3 ? Promise.reject(new AppError('gpu/lost', 'gone')) : Promise.resolve();
    expect((await client.decode(job(4))).timings.backend).toBe('wasm');
    expect(workers).toHaveLength(3);
    expect(reloads).toHaveLength(2);
  });
});
