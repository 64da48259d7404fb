import { within } from '../../src/core/within.ts';

/** What the store needs of Cache Storage; absent where the page has no secure origin. */
export type KeepSome = Pick<Cache, 'match' | 'put' | 'delete' | 'keys'>;

export interface KeptBytes {
  /** Keeping is a service, not a duty: storage that is full, refuses or is silent must not stop a decode, and nobody waits for it. */
  keep(key: string, bytes: Uint8Array<ArrayBuffer>, type: string): void;
  /** What is kept under a key; null as well where storage refuses or is silent. */
  find(key: string): Promise<Uint8Array<ArrayBuffer> | null>;
}

/** Files kept by address in Cache Storage, which is given up after `storageMs`: one that does not answer is as good as none. */
export function createKeptBytes(openCache: () => Promise<KeepSome | null>, storageMs: number): KeptBytes {
  async function put(key: string, bytes: Uint8Array<ArrayBuffer>, type: string): Promise<void> {
    const cache = await openCache();
    if (cache === null) return;
    try {
      await cache.put(key, new Response(bytes, { headers: { 'Content-Type': type } }));
      const file = new URL(key).pathname;
      for (const request of await cache.keys()) {
        if (request.url !== key && new URL(request.url).pathname === file) await cache.delete(request);
      }
    } catch {
      await cache.delete(key).catch(() => false);
    }
  }

  async function match(key: string): Promise<Uint8Array<ArrayBuffer> | null> {
    const response = await (await openCache())?.match(key);
    return response === undefined ? null : new Uint8Array(await response.arrayBuffer());
  }

  return {
    keep: (key, bytes, type) => void within(put(key, bytes, type), storageMs, () => {}).catch(() => {}),
    find: (key) => within(match(key), storageMs, () => null).catch(() => null),
  };
}
