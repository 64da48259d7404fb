import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { calmServer, fakeServer, type ServerBehaviour } from '../testing/fake-server.ts';
import { fakeCache, fakeFolder } from '../testing/fake-storage.ts';
import { sliceInMemory } from '../testing/slice-in-memory.ts';
import { taesdDecoderBytes } from '../testing/tiny-taesd.ts';
import { createCacheStorage } from './cache-storage.ts';
import { createClaims } from './claims.ts';
import type { FileStorage } from './file-storage.ts';
import { createOpfsStorage } from './opfs-storage.ts';
import { createWeightsLibrary, type Library } from './weights-library.ts';

const file = taesdDecoderBytes({ channels: 16, width: 8, isPooled: false });
const sha256 = createHash('sha256').update(file).digest('hex');
const address = 'https://huggingface.co/somebody/tiny/blob/main/taef1_decoder.safetensors';
const direct = 'https://huggingface.co/somebody/tiny/resolve/main/taef1_decoder.safetensors';

let behaviour: ServerBehaviour;
let server: ReturnType<typeof fakeServer>;
let storage: FileStorage;
let library: Library;

const libraryOn = (on: FileStorage): Library =>
  createWeightsLibrary({
    openStorage: async () => on,
    openBlob: sliceInMemory,
    fetch: server.fetch,
    freeBytes: async () => null,
    claims: createClaims(),
  });

beforeEach(() => {
  behaviour = calmServer(file);
  server = fakeServer(behaviour);
  storage = createOpfsStorage(fakeFolder({ quotaBytes: 1e9 }));
  library = libraryOn(storage);
});

type Steps = [loaded: number, total: number][];

/** Fetches the address; with `stopAfter`, cancels once that many bytes have come. */
async function add(steps: Steps = [], stopAfter = Number.POSITIVE_INFINITY) {
  const abort = new AbortController();
  return library.add(
    { kind: 'address', address },
    {
      signal: abort.signal,
      onBytes: (_, ...step) => {
        steps.push(step);
        if (step[0] >= stopAfter) abort.abort();
      },
    },
  );
}

const aborted = { name: 'AbortError' };

describe('fetching weights by address', () => {
  test('keeps the file and where it came from; the same address again costs nothing', async () => {
    const steps: Steps = [];
    const added = await add(steps);
    expect(added).toMatchObject({ name: 'taef1_decoder.safetensors', address: direct, sha256 });
    expect(
      steps.every(([loaded, total], i) => total === file.length && loaded >= (steps[i - 1]?.[0] ?? 0)),
    ).toBe(true);
    expect(steps.at(-1)).toEqual([file.length, file.length]);
    expect(await add()).toEqual(added);
    expect(server.ranges).toEqual([null]);
    expect([...(await storage.list()).keys()].sort()).toEqual([`${sha256}.json`, `${sha256}.weights`]);
  });

  test.each([
    ['the file system', () => createOpfsStorage(fakeFolder({ quotaBytes: 1e9 })), 4000],
    // Pieces of 8 MiB: what came of a small file is written when the try ends.
    [
      'Cache Storage',
      () => createCacheStorage(fakeCache({ quotaBytes: 1e9 }), 'https://page.test/weights/'),
      4000,
    ],
  ] as const)(
    'in %s, what was fetched before a cancel is not fetched again, in another session either',
    async (_, make, stop) => {
      storage = make();
      library = libraryOn(storage);
      await expect(add([], stop)).rejects.toMatchObject(aborted);
      library = libraryOn(storage);
      const { weights, unfinished } = await library.list();
      expect(weights).toEqual([]);
      expect(unfinished).toMatchObject([
        { name: 'taef1_decoder.safetensors', address: direct, totalBytes: file.length },
      ]);
      const have = unfinished[0]?.loadedBytes ?? 0;
      expect(have).toBeGreaterThanOrEqual(stop);
      const steps: Steps = [];
      expect((await add(steps)).sha256).toBe(sha256);
      expect(steps[0]).toEqual([have, file.length]);
      expect(server.ranges).toEqual([null, `bytes=${have}-`]);
      expect((await library.list()).unfinished).toEqual([]);
    },
  );

  test('a connection that breaks says how far it came, and the next try goes on', async () => {
    behaviour.breaksAfter = 5000;
    await expect(add()).rejects.toMatchObject({
      code: 'model/fetch',
      message: expect.stringMatching(/broke after .* MB of .* MB.*kept/),
    });
    behaviour.breaksAfter = Number.POSITIVE_INFINITY;
    expect((await add()).sha256).toBe(sha256);
    expect(server.ranges[1]).toBe('bytes=5000-');
    expect(server.caches).toEqual([undefined, 'no-store']);
  });

  describe('from a connection that stalls', () => {
    beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
    afterEach(() => void vi.useRealTimers());

    /** Lets the seconds pass until `work` is settled. */
    async function passing<R>(work: Promise<R>): Promise<R> {
      let isSettled = false;
      function settle(): void {
        isSettled = true;
      }
      work.then(settle, settle);
      for (let seconds = 0; !isSettled && seconds < 120; seconds += 1) {
        await vi.advanceTimersByTimeAsync(1000);
        await new Promise((resolve) => setImmediate(resolve));
      }
      if (!isSettled) throw new Error('nothing was told within two minutes');
      return work;
    }

    test('is told after 30 s with how far it came, and the next try goes on from there', async () => {
      behaviour.stallsAfter = 5000;
      await expect(passing(add())).rejects.toMatchObject({
        code: 'model/fetch',
        message: expect.stringMatching(
          /taef1_decoder.*nothing more has come for 30 s after .* MB of .* MB.*kept/,
        ),
      });
      behaviour.stallsAfter = Number.POSITIVE_INFINITY;
      expect((await passing(add())).sha256).toBe(sha256);
      expect(server.ranges[1]).toBe('bytes=5000-');
    });

    test('before the first byte is told as well, and ends the request', async () => {
      const signals: (AbortSignal | null | undefined)[] = [];
      server.fetch = (_, init) => {
        signals.push(init?.signal);
        return new Promise(() => {});
      };
      library = libraryOn(storage);
      await expect(passing(add())).rejects.toThrow(/nothing has come for 30 s/);
      expect(signals.map((signal) => signal?.aborted)).toEqual([true]);
    });
  });

  test('goes on where the server hides its headers from other sites', async () => {
    Object.assign(behaviour, { hidesRange: true, etag: null });
    await expect(add([], 4000)).rejects.toMatchObject(aborted);
    expect((await add()).sha256).toBe(sha256);
    expect(server.ranges).toHaveLength(2);
  });

  test('starts anew where the server gives no parts', async () => {
    behaviour.hasRanges = false;
    await expect(add([], 4000)).rejects.toMatchObject(aborted);
    const steps: Steps = [];
    expect((await add(steps)).sha256).toBe(sha256);
    expect(steps[0]).toEqual([0, file.length]);
  });

  test('starts anew where the server gives parts of the compressed file', async () => {
    await expect(add([], 4000)).rejects.toMatchObject(aborted);
    behaviour.encoding = 'gzip';
    expect((await add()).sha256).toBe(sha256);
    expect(server.ranges).toEqual([null, expect.stringMatching(/^bytes=/), null]);
  });

  test('starts anew where the file has changed on the server', async () => {
    await expect(add([], 4000)).rejects.toMatchObject(aborted);
    const other = taesdDecoderBytes({ channels: 16, width: 12, isPooled: false });
    Object.assign(behaviour, { body: other, etag: '"two"' });
    expect((await add()).sha256).toBe(createHash('sha256').update(other).digest('hex'));
  });

  test('starts anew where what is at hand is more than the file', async () => {
    await expect(add([], file.length - 1500)).rejects.toMatchObject(aborted);
    const other = taesdDecoderBytes({ channels: 16, width: 4, isPooled: false });
    Object.assign(behaviour, { body: other, etag: '"two"' });
    expect((await add()).sha256).toBe(createHash('sha256').update(other).digest('hex'));
  });

  test('a length that is not told is 0, and the file is whole all the same', async () => {
    behaviour.hidesLength = true;
    const steps: Steps = [];
    expect((await add(steps)).sha256).toBe(sha256);
    expect(steps.every(([, total]) => total === 0)).toBe(true);
  });

  test('two tries at once are one too many', async () => {
    const first = add();
    await expect(new Promise((resolve) => setTimeout(resolve, 5)).then(() => add())).rejects.toThrow(
      /being fetched already/,
    );
    await first;
  });

  test('an unfinished download can be thrown away', async () => {
    await expect(add([], 4000)).rejects.toMatchObject(aborted);
    await library.remove({ address });
    expect((await storage.list()).size).toBe(0);
  });
});

describe('addresses that give something else', () => {
  const text = (words: string) => new TextEncoder().encode(words.padEnd(3000));
  test.each<[string, Partial<ServerBehaviour>, RegExp]>([
    ['nothing', { status: 404 }, /server answered 404.*Check the address/],
    ['a login', { status: 401 }, /login or a licence/],
    ['a web page', { contentType: 'text/html; charset=utf-8' }, /gives a web page/],
    ['a Git LFS pointer', { body: text('version https://git-lfs.github.com/spec/v1') }, /Git LFS pointer/],
    ['a GGUF model', { body: text('GGUF') }, /GGUF/],
    ['a file that ends too soon', { body: file.slice(0, file.length - 900) }, /holds \d+; download it again/],
  ])('%s: a sentence, and nothing is kept', async (_, change, sentence) => {
    Object.assign(behaviour, change);
    await expect(add()).rejects.toMatchObject({ message: expect.stringMatching(sentence) });
    expect((await storage.list()).size).toBe(0);
  });

  test('a header that claims 5 GB ends the download at its first bytes', async () => {
    const body = file.slice();
    new DataView(body.buffer).setBigUint64(0, 5_000_000_000n, true);
    behaviour.body = body;
    let pieces = 0;
    behaviour.beforePiece = () => {
      pieces += 1;
    };
    await expect(add()).rejects.toThrow(/claims 5000000000 bytes/);
    expect(pieces).toBeLessThan(4);
    expect((await storage.list()).size).toBe(0);
  });

  test('an unreachable server: the sentence says what may be behind it', async () => {
    server.fetch = () => Promise.reject(new TypeError('Failed to fetch'));
    library = libraryOn(storage);
    await expect(add()).rejects.toThrow(/CORS.*drop the file here/);
  });

  test('a storage that fills up on the way keeps nothing of it', async () => {
    storage = createOpfsStorage(fakeFolder({ quotaBytes: 8000 }));
    library = libraryOn(storage);
    await expect(add()).rejects.toMatchObject({ code: 'model/storage' });
    expect((await storage.list()).size).toBe(0);
  });
});
