import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createBrowserPlatform, type PictureArithmetic } from './browser-platform.ts';

const nothing = () => Promise.reject(new Error('not asked for here'));
const arithmetic: PictureArithmetic = {
  compare: nothing,
  reduce: nothing,
  detail: nothing,
  openTiff: nothing,
};

let server: Server;
/** Settles when the browser's side has let the connection go. */
let gone: Promise<void>;

/** The address of a latent on a server of its own that does as `answer` says. */
async function latentAt(answer: RequestListener): Promise<string> {
  gone = new Promise((resolve) => {
    server = createServer((request, response) => {
      response.on('close', resolve);
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/some%20latent.npy`;
}

/** Lets seconds pass until something comes of `work`: what, and when. */
async function passing(work: Promise<unknown>) {
  let outcome: unknown;
  work.then(
    (value) => {
      outcome = value;
    },
    (error: unknown) => {
      outcome = error;
    },
  );
  let seconds = 0;
  while (outcome === undefined && seconds < 60) {
    // What is on the wire takes its real time.
    for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setImmediate(resolve));
    await vi.advanceTimersByTimeAsync(1000);
    seconds += 1;
  }
  return { outcome, seconds };
}

describe('a latent by its address', () => {
  let fetchBytes: (url: string, signal?: AbortSignal) => Promise<Uint8Array>;
  let steps: [number, number][];

  beforeEach(() => {
    vi.stubGlobal('document', { baseURI: 'http://127.0.0.1/' });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    steps = [];
    const platform = createBrowserPlatform(arithmetic, { readFile: nothing, ask: nothing });
    fetchBytes = (url, signal = new AbortController().signal) =>
      platform.fetchBytes(url, signal, (...step) => steps.push(step));
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
    server.closeAllConnections();
    server.close();
  });

  it('comes whole, with how far it is', async () => {
    const url = await latentAt((_, response) => response.end(new Uint8Array([1, 2, 3])));
    expect(await fetchBytes(url)).toEqual(new Uint8Array([1, 2, 3]));
    expect(steps.at(-1)).toEqual([3, 3]);
  });

  it('from a server that never answers is given up after 30 s with a sentence, and the request with it', async () => {
    const url = await latentAt(() => {});
    const { outcome, seconds } = await passing(fetchBytes(url));
    expect(outcome).toMatchObject({
      code: 'file/unreadable',
      message: expect.stringMatching(/latent\.npy.*nothing has come for 30 s.*connection/),
    });
    expect(seconds).toBe(30);
    await gone;
  });

  it('that stalls on its way is given up 30 s after its last byte, and the request with it', async () => {
    const url = await latentAt((_, response) => {
      response.writeHead(200, { 'Content-Length': 1000 });
      response.write(new Uint8Array(400));
    });
    const { outcome, seconds } = await passing(fetchBytes(url));
    expect(outcome).toMatchObject({
      code: 'file/unreadable',
      message: expect.stringMatching(/latent\.npy.*nothing more has come for 30 s after 400 bytes/),
    });
    expect(steps).toEqual([[400, 1000]]);
    expect(seconds).toBeGreaterThanOrEqual(30);
    await gone;
  });

  it('that is cancelled before an answer ends its request as well, with the reason of the cancel', async () => {
    const cancel = new AbortController();
    const url = await latentAt(() => cancel.abort());
    await expect(fetchBytes(url, cancel.signal)).rejects.toMatchObject({ name: 'AbortError' });
    await gone;
  });
});
