import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { WeightsSource } from '../../src/contract/weights-library.ts';
import { calmServer, fakeServer } from '../testing/fake-server.ts';
import { fakeCache, fakeFolder } from '../testing/fake-storage.ts';
import { sliceInMemory } from '../testing/slice-in-memory.ts';
import { taesdDecoderBytes } from '../testing/tiny-taesd.ts';
import { createCacheStorage } from './cache-storage.ts';
import { type Claims, createClaims, createLockClaims } from './claims.ts';
import type { FileStorage, StorageWriter } from './file-storage.ts';
import { createOpfsStorage } from './opfs-storage.ts';
import { createWeightsLibrary, type Library } from './weights-library.ts';

const bytes = taesdDecoderBytes({ channels: 16, width: 8, isPooled: false });
const sha256 = createHash('sha256').update(bytes).digest('hex');
const address = 'https://host.test/taef1_decoder.safetensors';

const sources = {
  'a file': { kind: 'file', file: new Blob([bytes]), name: 'taef1_decoder.safetensors', address: null },
  'an address': { kind: 'address', address },
} as const satisfies Record<string, WeightsSource>;

const media = {
  opfs: () => createOpfsStorage(fakeFolder({ quotaBytes: 1e9 })),
  cache: () => createCacheStorage(fakeCache({ quotaBytes: 1e9 }), 'https://page.test/weights/'),
} as const;

/** What the tabs of a page share. */
interface Place {
  readonly storage: FileStorage;
  readonly claims: Claims;
}

const quietly = { signal: new AbortController().signal, onBytes: () => {} };

function tabOn({ storage, claims }: Place): Library {
  const { fetch } = fakeServer(calmServer(bytes));
  return createWeightsLibrary({
    openStorage: async () => storage,
    openBlob: sliceInMemory,
    fetch,
    freeBytes: async () => null,
    claims,
  });
}

/** A storage whose tab dies before its `after`-th step: nothing of it is heard of again; what it held open is let go, as browsers do. */
function dying({ storage, claims }: Place, after: number) {
  let left = after;
  const open = new Set<StorageWriter>();
  const held = new Set<() => void>();
  async function step<R>(work: () => Promise<R>): Promise<R> {
    left -= 1;
    if (left < 0) {
      // Locks end with their tab; what a cache had not been given is gone.
      if (storage.medium === 'opfs') for (const writer of open) await writer.close();
      for (const release of held) release();
      open.clear();
      return new Promise(() => {});
    }
    return work();
  }
  const mortal: FileStorage = {
    medium: storage.medium,
    list: () => step(() => storage.list()),
    open: (name) => step(() => storage.open(name)),
    rename: (from, to) => step(() => storage.rename(from, to)),
    remove: (name) => step(() => storage.remove(name)),
    append: (name) =>
      step(async () => {
        const writer = await storage.append(name);
        open.add(writer);
        return {
          write: (chunk) => step(() => writer.write(chunk)),
          close: () =>
            step(async () => {
              open.delete(writer);
              await writer.close();
            }),
        };
      }),
  };
  const own: Claims = {
    taken: () => step(() => claims.taken()),
    take: (name) =>
      step(async () => {
        const release = await claims.take(name);
        if (release !== null) held.add(release);
        return release;
      }),
  };
  return { place: { storage: mortal, claims: own }, isDead: () => left < 0 };
}

/** Adds `source` in a tab that dies at its `after`-th step; true where it lived to the end. */
async function livesThrough(place: Place, source: WeightsSource, after: number): Promise<boolean> {
  const tab = dying(place, after);
  let isAdded = false;
  void tabOn(tab.place)
    .add(source, quietly)
    .then(() => {
      isAdded = true;
    });
  while (!isAdded && !tab.isDead()) await new Promise((resolve) => setTimeout(resolve, 1));
  await new Promise((resolve) => setTimeout(resolve, 2));
  return isAdded;
}

describe.each(Object.entries(media))('in %s', (_, make) => {
  test.each(Object.entries(sources))(
    'a tab that dies at any step of adding %s leaves nothing that the next visit cannot use',
    async (_name, source) => {
      let steps = 0;
      for (let isOver = false; !isOver; steps += 1) {
        const place = { storage: make(), claims: createClaims() };
        isOver = await livesThrough(place, source, steps);
        const next = tabOn(place);
        const { weights } = await next.list();
        expect(weights.map((one) => one.sha256)).toEqual(weights.length === 0 ? [] : [sha256]);
        expect(await next.add(source, quietly), `after ${steps} steps`).toMatchObject({ sha256 });
        await next.list();
        expect([...(await place.storage.list()).keys()].sort(), `after ${steps} steps`).toEqual([
          `${sha256}.json`,
          `${sha256}.weights`,
        ]);
      }
      expect(steps).toBeGreaterThan(5);
    },
    60_000,
  );

  test.each(Object.entries(sources))(
    'two tabs that add %s at once leave it there once, whole',
    async (_name, source) => {
      const place = { storage: make(), claims: createClaims() };
      const { storage } = place;
      const outcomes = await Promise.allSettled([
        tabOn(place).add(source, quietly),
        tabOn(place).add(source, quietly),
      ]);
      const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
      expect(refused.length).toBeLessThan(2);
      for (const { reason } of refused) expect(reason.message).toMatch(/another tab/);
      expect((await tabOn(place).list()).weights.map((one) => one.sha256)).toEqual([sha256]);
      expect((await storage.open(`${sha256}.weights`))?.size).toBe(bytes.length);
      expect([...(await storage.list()).keys()].sort()).toEqual([`${sha256}.json`, `${sha256}.weights`]);
    },
  );

  test('a tab that looks at what is kept leaves alone what another is copying', async () => {
    const place = { storage: make(), claims: createClaims() };
    const other = tabOn(place);
    const looks: Promise<unknown>[] = [];
    const added = await tabOn(place).add(sources['a file'], {
      signal: quietly.signal,
      onBytes: () => looks.push(other.list()),
    });
    await Promise.all(looks);
    expect(added.sha256).toBe(sha256);
    expect((await other.list()).weights).toHaveLength(1);
  });
});

describe('claims among tabs', () => {
  /** Web Locks of one origin, as far as claims use them. */
  function fakeLocks(): Pick<LockManager, 'request' | 'query'> {
    const held = new Set<string>();
    async function request(name: string, _: LockOptions, work: (lock: Lock | null) => Promise<unknown>) {
      if (held.has(name)) return work(null);
      held.add(name);
      try {
        return await work({ name, mode: 'exclusive' });
      } finally {
        held.delete(name);
      }
    }
    return {
      request: request as LockManager['request'],
      query: async () => ({ held: [...held].map((name) => ({ name })), pending: [] }),
    };
  }

  test.each([
    ['by Web Locks', () => createLockClaims(fakeLocks(), 'weights:')],
    ['without', createClaims],
  ] as const)('%s are had by one at a time, and are told to all', async (_, make) => {
    const claims = make();
    const release = await claims.take('a');
    expect(await claims.take('a')).toBeNull();
    expect(await claims.taken()).toEqual(new Set(['a']));
    release?.();
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(await claims.taken()).toEqual(new Set());
    expect(await claims.take('a')).not.toBeNull();
  });
});
