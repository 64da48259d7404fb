import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fetchWhole } from './fetch-whole.ts';

const broke = (found: string, cause?: unknown): Error => new Error(`It did not come: ${found}.`, { cause });
const address = 'https://example.org/a.npy';

/** A server that does as `answer` says, and the signal that its last request came with. */
function server(answer: () => Promise<Response>) {
  const asked: { signal: AbortSignal | null } = { signal: null };
  const load: typeof fetch = (_, init) => {
    asked.signal = init?.signal ?? null;
    return answer();
  };
  return { load, asked };
}

/** A body of one piece, behind which nothing more comes. */
function stallsAfter(piece: Uint8Array<ArrayBuffer>) {
  let isLetGo = false;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => controller.enqueue(piece),
    cancel() {
      isLetGo = true;
    },
  });
  return { body, isLetGo: () => isLetGo };
}

const caught = (work: Promise<unknown>) => work.catch((error: unknown) => error);

describe('a file by its address', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  it('comes whole, and tells how far it is', async () => {
    const steps: number[][] = [];
    const { load } = server(
      async () => new Response(new Uint8Array([1, 2, 3]), { headers: { 'Content-Length': '3' } }),
    );
    const onBytes = (...step: number[]) => void steps.push(step);
    expect(await fetchWhole(address, { fetch: load, onBytes }, broke)).toEqual(new Uint8Array([1, 2, 3]));
    expect(steps).toEqual([[3, 3]]);
  });

  it('that the server has not is told with what it answered', async () => {
    const { load } = server(async () => new Response('', { status: 404 }));
    await expect(fetchWhole(address, { fetch: load }, broke)).rejects.toThrow(
      'It did not come: the server answered 404.',
    );
  });

  it('that cannot be reached is told with what may be behind it', async () => {
    const { load } = server(() => Promise.reject(new TypeError('Failed to fetch')));
    await expect(fetchWhole(address, { fetch: load }, broke)).rejects.toThrow(/network failed.*CORS/);
  });

  it('of a server that never answers is given up after 30 s, and the request with it', async () => {
    const { load, asked } = server(() => new Promise(() => {}));
    const work = caught(fetchWhole(address, { fetch: load }, broke));
    await vi.advanceTimersByTimeAsync(29_999);
    expect(asked.signal?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(asked.signal?.aborted).toBe(true);
    expect(await work).toMatchObject({ message: 'It did not come: nothing has come for 30 s.' });
  });

  it('that stalls on its way is given up 30 s after its last byte, and the request with it', async () => {
    const { body, isLetGo } = stallsAfter(new Uint8Array(400));
    const { load } = server(async () => new Response(body));
    const work = caught(fetchWhole(address, { fetch: load }, broke));
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await work).toMatchObject({
      message: 'It did not come: nothing more has come for 30 s after 400 bytes.',
    });
    expect(isLetGo()).toBe(true);
  });

  it('that is cancelled throws the reason of the cancel, and ends its request', async () => {
    const cancel = new AbortController();
    const { load, asked } = server(
      () =>
        new Promise((_, reject) =>
          asked.signal?.addEventListener('abort', () => reject(asked.signal?.reason)),
        ),
    );
    const work = caught(fetchWhole(address, { fetch: load, signal: cancel.signal }, broke));
    cancel.abort();
    expect(await work).toBe(cancel.signal.reason);
    expect(asked.signal?.aborted).toBe(true);
  });
});
