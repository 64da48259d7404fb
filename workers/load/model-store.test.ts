import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { calmServer, fakeServer } from '../testing/fake-server.ts';
import type { KeepSome } from './kept-bytes.ts';
import { createModelStore } from './model-store.ts';

const BASE = 'https://example.org/sub/models/';
const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
const sha = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');
const file = { file: 'a.safetensors', sizeBytes: bytes.length, sha256: sha(bytes) };
const manifest = { version: 1, models: [], selfTest: file };

/** Cache Storage in memory, as far as the store uses it. */
function memoryCache(): KeepSome & { readonly entries: Map<string, Uint8Array<ArrayBuffer>> } {
  const entries = new Map<string, Uint8Array<ArrayBuffer>>();
  const urlOf = (key: RequestInfo | URL): string => (key instanceof Request ? key.url : String(key));
  return {
    entries,
    match: async (key) => {
      const found = entries.get(urlOf(key));
      return found === undefined ? undefined : new Response(found);
    },
    put: async (key, response) => {
      entries.set(urlOf(key), new Uint8Array(await response.arrayBuffer()));
    },
    delete: async (key) => entries.delete(urlOf(key)),
    keys: async () => [...entries.keys()].map((url) => new Request(url)),
  };
}

/** A server that hands out `files` in chunks of 300 bytes and counts what is asked of it. */
function server(files: Record<string, Uint8Array<ArrayBuffer>>) {
  const asked: string[] = [];
  async function fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    init?.signal?.throwIfAborted();
    const url = String(input);
    asked.push(url);
    const body = files[new URL(url).pathname.split('/').at(-1) ?? ''];
    if (body === undefined) return new Response(null, { status: 404 });
    let at = 0;
    return new Response(
      new ReadableStream({
        pull(controller) {
          if (init?.signal?.aborted) return controller.error(init.signal.reason);
          if (at >= body.length) return controller.close();
          controller.enqueue(body.slice(at, at + 300));
          at += 300;
        },
      }),
    );
  }
  return { fetch: fetch as typeof globalThis.fetch, asked };
}

const storeOver = (fetch: typeof globalThis.fetch, cache: KeepSome | null = memoryCache()) =>
  createModelStore({ modelsUrl: BASE, fetch, openCache: async () => cache });

/** A server of one file that gives a piece of it every `pauseMs`. */
function slowServer(pieceBytes: number, pauseMs: number) {
  const ranges: (string | null)[] = [];
  async function fetch(_: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
    ranges.push(new Headers(init.headers).get('range'));
    let at = 0;
    return new Response(
      new ReadableStream({
        async pull(controller) {
          await new Promise((resolve) => setTimeout(resolve, pauseMs));
          if (init.signal?.aborted) return controller.error(init.signal.reason);
          if (at >= bytes.length) return controller.close();
          controller.enqueue(bytes.slice(at, at + pieceBytes));
          at += pieceBytes;
        },
      }),
    );
  }
  return { fetch: fetch as typeof globalThis.fetch, ranges };
}

/** A server of one file that can give parts of it; the connection stalls for good after `untilByte`, as often as `stalls` says. */
function stallingServer(untilByte: number, stalls = 1, options: { hasRanges?: boolean } = {}) {
  const ranges: (string | null)[] = [];
  let left = stalls;
  async function fetch(_: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
    const asked = new Headers(init.headers).get('range');
    ranges.push(asked);
    const from = asked === null || options.hasRanges === false ? 0 : Number(/(\d+)-/.exec(asked)?.[1]);
    const isStalling = left-- > 0;
    let at = from;
    const body = new ReadableStream({
      pull(controller) {
        if (isStalling && at >= untilByte) return new Promise<void>(() => {});
        if (at >= bytes.length) return controller.close();
        controller.enqueue(bytes.slice(at, at + 100));
        at += 100;
      },
    });
    const headers = { 'Content-Range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` };
    return from === 0 ? new Response(body) : new Response(body, { status: 206, headers });
  }
  return { fetch: fetch as typeof globalThis.fetch, ranges };
}

const HASTY = { manifestMs: 30, stallMs: 30, storageMs: 30 };
const hastyStore = (fetch: typeof globalThis.fetch, cache: KeepSome | null = memoryCache()) =>
  createModelStore({ modelsUrl: BASE, fetch, openCache: async () => cache, patience: HASTY });

describe('a download that stalls', () => {
  it('is named, with how far it came, and the next try goes on from there', async () => {
    const web = stallingServer(400);
    const store = hastyStore(web.fetch);
    await expect(store.read(file)).rejects.toMatchObject({
      code: 'model/fetch',
      message: expect.stringMatching(
        /a\.safetensors.* nothing more has come for 0\.03 s, at 400 of 1000 bytes.*goes on/,
      ),
    });
    const seen: number[] = [];
    const { bytes: whole } = await store.read(file, { onBytes: (loaded) => seen.push(loaded) });
    expect(whole).toEqual(bytes);
    expect(web.ranges).toEqual([null, 'bytes=400-']);
    expect(seen[0]).toBe(400);
  });

  it('begins again where the server gives no parts', async () => {
    const web = stallingServer(400, 1, { hasRanges: false });
    const store = hastyStore(web.fetch);
    await expect(store.read(file)).rejects.toMatchObject({ code: 'model/fetch' });
    expect((await store.read(file)).bytes).toEqual(bytes);
  });

  it('goes on after a cancel as well', async () => {
    const web = stallingServer(400);
    const store = hastyStore(web.fetch);
    const abort = new AbortController();
    const reading = store.read(file, { signal: abort.signal, onBytes: (n) => n === 300 && abort.abort() });
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
    await store.read(file);
    expect(web.ranges[1]).toMatch(/^bytes=[34]00-$/);
  });

  it('that never answers at all is told as well', async () => {
    const silent = (() => new Promise(() => {})) as typeof globalThis.fetch;
    await expect(hastyStore(silent).read(file)).rejects.toMatchObject({
      message: expect.stringContaining('at 0 of 1000 bytes'),
    });
  });

  it('of the model list gives way to the list kept from before, and is a sentence where there is none', async () => {
    const text = new TextEncoder().encode(JSON.stringify(manifest));
    const cache = memoryCache();
    await hastyStore(server({ 'manifest.json': text }).fetch, cache).manifest();
    const silent = (() => new Promise(() => {})) as typeof globalThis.fetch;
    expect(await hastyStore(silent, cache).manifest()).toEqual(manifest);
    await expect(hastyStore(silent).manifest()).rejects.toMatchObject({
      code: 'model/fetch',
      message: expect.stringMatching(/model list .*manifest\.json .*not come within 0\.03 s/),
    });
  });
});

describe('a connection that is cut', () => {
  it('is taken up again where it ended, without a word', async () => {
    const web = fakeServer({ ...calmServer(bytes), breaksAfter: 400 }, 100);
    const seen: number[] = [];
    expect((await storeOver(web.fetch).read(file, { onBytes: (n) => seen.push(n) })).bytes).toEqual(bytes);
    expect(web.ranges).toEqual([null, 'bytes=400-', 'bytes=800-']);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });

  it('of a server that gives no parts is begun again, and its progress does not fall', async () => {
    const behaviour = { ...calmServer(bytes), breaksAfter: 400, hasRanges: false };
    const web = fakeServer(behaviour, 100);
    function breaksOnce(...asked: Parameters<typeof fetch>): Promise<Response> {
      if (web.ranges.length === 1) behaviour.breaksAfter = Number.POSITIVE_INFINITY;
      return web.fetch(...asked);
    }
    const seen: number[] = [];
    const onBytes = (loaded: number) => void seen.push(loaded);
    expect((await storeOver(breaksOnce).read(file, { onBytes })).bytes).toEqual(bytes);
    expect(seen).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);
  });

  it('again and again is told with how far the file came, and the next try goes on from there', async () => {
    const behaviour = { ...calmServer(bytes), breaksAfter: 200 };
    const web = fakeServer(behaviour, 100);
    const store = storeOver(web.fetch);
    await expect(store.read(file)).rejects.toMatchObject({
      code: 'model/fetch',
      message: expect.stringMatching(
        /a\.safetensors.* the connection broke after 600 of 1000 bytes.*goes on from there/,
      ),
    });
    behaviour.breaksAfter = Number.POSITIVE_INFINITY;
    expect((await store.read(file)).bytes).toEqual(bytes);
    expect(web.ranges).toEqual([null, 'bytes=200-', 'bytes=400-', 'bytes=600-']);
  });

  it('before anything came is told at once: who is offline need not wait', async () => {
    const web = fakeServer({ ...calmServer(bytes), breaksAfter: 0 }, 100);
    await expect(storeOver(web.fetch).read(file)).rejects.toThrow(/broke after 0 of 1000 bytes/);
    expect(web.ranges).toEqual([null]);
  });

  it('together with an answer that is not its rest is a sentence as well', async () => {
    const web = fakeServer(calmServer(bytes), 100);
    let isOther = false;
    const other = (): Response =>
      new Response(new ReadableStream({ start: (it) => it.error(new TypeError('network error')) }), {
        status: 206,
      });
    const store = storeOver(async (...asked) => (isOther ? other() : web.fetch(...asked)));
    const abort = new AbortController();
    const reading = store.read(file, { signal: abort.signal, onBytes: (n) => n === 300 && abort.abort() });
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
    isOther = true;
    await expect(store.read(file)).rejects.toMatchObject({
      code: 'model/fetch',
      message: expect.stringContaining('the connection broke after 0 of 1000 bytes'),
    });
  });

  it('whose rest is of another file leaves nothing to go on from, even where the whole does not come after it', async () => {
    const web = fakeServer({ ...calmServer(bytes), breaksAfter: 100 }, 100);
    const store = storeOver(async (url, init) => {
      const isAnother = new Headers(init?.headers).has('range') && web.ranges.length === 3;
      if (isAnother) {
        return new Response('x', { status: 206, headers: { 'Content-Range': 'bytes 300-300/301' } });
      }
      if (web.ranges.length === 3 && isCut) throw new TypeError('Failed to fetch');
      return web.fetch(url, init);
    });
    let isCut = true;
    await expect(store.read(file)).rejects.toThrow(/broke after 300 of 1000 bytes/);
    await expect(store.read(file)).rejects.toThrow(/was not reached/);
    isCut = false;
    await expect(store.read(file)).rejects.toThrow(/broke after 300 of 1000 bytes/);
    expect(web.ranges.slice(0, 4)).toEqual([null, 'bytes=100-', 'bytes=200-', null]);
  });

  it('is gone on from by one of two that ask for the file at once, and the other has a whole one of its own', async () => {
    const behaviour = { ...calmServer(bytes), breaksAfter: 100 };
    const web = fakeServer(behaviour, 100);
    const store = storeOver(web.fetch);
    await expect(store.read(file)).rejects.toMatchObject({ code: 'model/fetch' });
    behaviour.breaksAfter = Number.POSITIVE_INFINITY;
    web.ranges.length = 0;
    const both = await Promise.all([store.read(file), store.read(file)]);
    for (const { bytes: whole } of both) expect(whole).toEqual(bytes);
    expect(web.ranges).toEqual(['bytes=300-', null]);
  });

  it('is gone on from past the HTTP cache, which may join compressed bytes with plain ones', async () => {
    const web = fakeServer({ ...calmServer(bytes), breaksAfter: 600 }, 100);
    expect((await storeOver(web.fetch).read(file)).bytes).toEqual(bytes);
    expect(web.caches).toEqual([undefined, 'no-store']);
  });

  it('by a cancel between the last piece and the end needs no other fetch', async () => {
    const web = fakeServer(calmServer(bytes), 100);
    const store = storeOver(web.fetch);
    const abort = new AbortController();
    const reading = store.read(file, { signal: abort.signal, onBytes: (n) => n === 1000 && abort.abort() });
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
    expect((await store.read(file)).bytes).toEqual(bytes);
    expect(web.ranges).toEqual([null]);
  });
});

describe('a slow network that does not stall', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is not taken for a stall, however long the whole takes: a piece every 29 s is waited for', async () => {
    const web = slowServer(100, 29_000);
    const seen: number[] = [];
    const began = Date.now();
    const reading = storeOver(web.fetch).read(file, { onBytes: (loaded) => seen.push(loaded) });
    await vi.runAllTimersAsync();
    expect((await reading).bytes).toEqual(bytes);
    expect(Date.now() - began).toBeGreaterThan(10 * 29_000);
    expect(seen).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);
    expect(web.ranges).toEqual([null]);
  });

  it('but one that pauses longer is', async () => {
    const reading = storeOver(slowServer(100, 31_000).fetch).read(file);
    reading.catch(() => {});
    await vi.runAllTimersAsync();
    await expect(reading).rejects.toThrow(/nothing more has come for 30 s, at 0 of 1000 bytes/);
  });
});

describe('storage in the worker', () => {
  const refuse = () => Promise.reject(new DOMException('no', 'InvalidStateError'));
  const full = () => Promise.reject(new DOMException('full', 'QuotaExceededError'));
  const silent = () => new Promise<never>(() => {});
  it.each([
    ['is full', { ...memoryCache(), put: full }],
    ['refuses everything', { match: refuse, put: refuse, delete: refuse, keys: refuse }],
    ['never answers', { match: silent, put: silent, delete: silent, keys: silent }],
  ])('that %s stops nothing: models are fetched, and fetched again', async (_name, cache) => {
    const web = server({
      'a.safetensors': bytes,
      'manifest.json': new TextEncoder().encode(JSON.stringify(manifest)),
    });
    const store = hastyStore(web.fetch, cache);
    expect(await store.manifest()).toEqual(manifest);
    for (let k = 0; k < 2; k += 1) expect(await store.read(file)).toEqual({ bytes, from: 'network' });
  });
});

/** Nobody waits for the storage: this is long enough for one in memory. */
const stored = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

describe('the model store', () => {
  it('fetches a file once; the second time it comes from storage', async () => {
    const web = server({ 'a.safetensors': bytes });
    const store = storeOver(web.fetch);
    expect(await store.read(file)).toEqual({ bytes, from: 'network' });
    await stored();
    expect(await store.read(file)).toEqual({ bytes, from: 'storage' });
    expect(web.asked).toEqual([`${BASE}a.safetensors?sha256=${file.sha256}`]);
  });

  it('reports bytes that never fall, against a total that never changes, up to the end', async () => {
    const seen: [number, number][] = [];
    await storeOver(server({ 'a.safetensors': bytes }).fetch).read(file, {
      onBytes: (loaded, total) => seen.push([loaded, total]),
    });
    expect(seen.map(([loaded]) => loaded)).toEqual([0, 300, 600, 900, 1000]);
    expect(seen.every(([, total]) => total === 1000)).toBe(true);
  });

  it('refuses a file whose hash differs, and does not keep it', async () => {
    const damaged = bytes.slice();
    damaged[500] = 0xff;
    const cache = memoryCache();
    const store = storeOver(server({ 'a.safetensors': damaged }).fetch, cache);
    await expect(store.read(file)).rejects.toMatchObject({ code: 'model/integrity' });
    expect(cache.entries.size).toBe(0);
  });

  it.each([
    ['of other bytes', bytes.with(500, 0xff)],
    ['cut short', bytes.slice(0, 900)],
    ['of another size', new Uint8Array(1100)],
  ])('fetches a file again, past all that keeps, where one came that is %s', async (_name, stale) => {
    const caches: (RequestCache | undefined)[] = [];
    const loaded: number[] = [];
    const store = storeOver((url, { cache, ...init } = {}) => {
      caches.push(cache);
      return server({ 'a.safetensors': cache === 'reload' ? bytes : stale }).fetch(url, init);
    });
    expect(await store.read(file, { onBytes: (n) => loaded.push(n) })).toEqual({ bytes, from: 'network' });
    expect(caches).toEqual([undefined, 'reload']);
    expect(loaded).toEqual(loaded.toSorted((a, b) => a - b));
  });

  it.each([
    ['shorter', bytes.slice(0, 900), '900 bytes instead of 1000'],
    ['longer', new Uint8Array(1100), 'longer than the 1000 bytes'],
  ])('refuses a %s file', async (_name, body, sentence) => {
    const store = storeOver(server({ 'a.safetensors': body }).fetch);
    await expect(store.read(file)).rejects.toMatchObject({
      code: 'model/fetch',
      message: expect.stringContaining(sentence),
    });
  });

  it('says what the server answered when the file is missing', async () => {
    await expect(storeOver(server({}).fetch).read(file)).rejects.toThrow(
      `${BASE}a.safetensors could not be fetched: the server answered 404`,
    );
  });

  it('fetches again when the kept copy was damaged', async () => {
    const web = server({ 'a.safetensors': bytes });
    const cache = memoryCache();
    const store = storeOver(web.fetch, cache);
    await store.read(file);
    await stored();
    expect(cache.entries.size).toBe(1);
    for (const kept of cache.entries.values()) kept[0] = 0xff;
    expect((await store.read(file)).from).toBe('network');
  });

  it('forgets the old version of a file when a new one is kept', async () => {
    const next = bytes.slice().reverse();
    const files = { 'a.safetensors': bytes };
    const cache = memoryCache();
    const store = storeOver(server(files).fetch, cache);
    await store.read(file);
    await stored();
    files['a.safetensors'] = next;
    await store.read({ ...file, sha256: sha(next) });
    await stored();
    expect([...cache.entries.keys()]).toEqual([`${BASE}a.safetensors?sha256=${sha(next)}`]);
  });

  it('works without any storage', async () => {
    const store = storeOver(server({ 'a.safetensors': bytes }).fetch, null);
    expect((await store.read(file)).from).toBe('network');
    expect((await store.read(file)).from).toBe('network');
  });

  it('stops between chunks when it is cancelled, and keeps nothing', async () => {
    const abort = new AbortController();
    const cache = memoryCache();
    const store = storeOver(server({ 'a.safetensors': bytes }).fetch, cache);
    const reading = store.read(file, {
      signal: abort.signal,
      onBytes: (loaded) => {
        if (loaded >= 300) abort.abort();
      },
    });
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
    expect(cache.entries.size).toBe(0);
  });

  it('reads the manifest from the server, and the kept one when the server is gone', async () => {
    const text = new TextEncoder().encode(JSON.stringify(manifest));
    const cache = memoryCache();
    expect(await storeOver(server({ 'manifest.json': text }).fetch, cache).manifest()).toEqual(manifest);
    await stored();
    const gone = (() => Promise.reject(new TypeError('offline'))) as typeof globalThis.fetch;
    expect(await storeOver(gone, cache).manifest()).toEqual(manifest);
    await expect(storeOver(gone).manifest()).rejects.toMatchObject({ code: 'model/fetch' });
  });

  it('a malformed manifest is an error even when an older one is kept', async () => {
    const text = new TextEncoder().encode(JSON.stringify({ ...manifest, version: 3 }));
    await expect(storeOver(server({ 'manifest.json': text }).fetch).manifest()).rejects.toMatchObject({
      code: 'model/manifest',
    });
  });
});

describe('a file that is fetched ahead', () => {
  const signal = new AbortController().signal;

  it('is there when it is read, and asked for once', async () => {
    const web = server({ 'a.safetensors': bytes });
    const store = storeOver(web.fetch);
    store.ahead(file, signal);
    store.ahead(file, signal);
    const seen: number[] = [];
    const got = await store.read(file, { onBytes: (loaded) => seen.push(loaded) });
    expect(got).toEqual({ bytes, from: 'network' });
    expect(web.asked).toHaveLength(1);
    expect(seen.at(-1)).toBe(bytes.length);
    await store.read(file);
  });

  it('goes on when whoever reads it gives up, and a later reading has it', async () => {
    const web = slowServer(100, 5);
    const store = storeOver(web.fetch);
    store.ahead(file, signal);
    const abort = new AbortController();
    const reading = store.read(file, { signal: abort.signal, onBytes: (n) => n >= 300 && abort.abort() });
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
    expect((await store.read(file)).bytes).toEqual(bytes);
    expect(web.ranges).toEqual([null]);
  });

  it('is read as any other where that failed, from where it ended', async () => {
    const web = stallingServer(400);
    const store = hastyStore(web.fetch);
    store.ahead(file, signal);
    expect((await store.read(file)).bytes).toEqual(bytes);
    expect(web.ranges).toEqual([null, 'bytes=400-']);
    const damaged = storeOver(server({ 'a.safetensors': bytes.slice(0, 999) }).fetch);
    damaged.ahead(file, signal);
    await expect(damaged.read(file)).rejects.toMatchObject({ code: 'model/fetch' });
  });
});
