import type { KeepSome } from '../load/kept-bytes.ts';
import { type FileStorage, type StorageWriter, stored } from './file-storage.ts';

/** A file is complete in the cache only as a list of pieces; this entry alone makes it count. */
interface Listing {
  readonly base: string;
  readonly sizes: readonly number[];
}

/** Pieces of this size: an entry of Cache Storage cannot grow. */
const PIECE_BYTES = 8 * 2 ** 20;

/** Gathers bytes into pieces; each is put where the listing ends, and counts once the longer listing is written down. */
function pieceWriter(
  start: Listing,
  put: (end: Listing, piece: Blob) => Promise<void>,
  note: (grown: Listing) => Promise<void>,
): StorageWriter {
  let listing = start;
  let waiting: Uint8Array<ArrayBuffer>[] = [];
  let waitingBytes = 0;
  async function flush(): Promise<void> {
    if (waitingBytes === 0) return;
    await put(listing, new Blob(waiting));
    listing = { ...listing, sizes: [...listing.sizes, waitingBytes] };
    await note(listing);
    [waiting, waitingBytes] = [[], 0];
  }
  return {
    write: (bytes) =>
      stored(async () => {
        waiting.push(bytes);
        waitingBytes += bytes.length;
        if (waitingBytes >= PIECE_BYTES) await flush();
      }),
    close: () => stored(flush),
  };
}

/** Files in Cache Storage, for browsers without a file system. `rootUrl` is an absolute address ending in a slash. */
export function createCacheStorage(cache: KeepSome, rootUrl: string): FileStorage {
  const listingUrl = (name: string): string => `${rootUrl}${name}`;
  const pieceUrl = (base: string, piece: number): string => `${rootUrl}${base}?piece=${piece}`;

  async function listingOf(name: string): Promise<Listing | null> {
    const response = await cache.match(listingUrl(name));
    return response === undefined ? null : ((await response.json()) as Listing);
  }
  const names = async (): Promise<string[]> =>
    (await cache.keys()).flatMap(({ url }) =>
      url.startsWith(rootUrl) && !url.includes('?') ? [url.slice(rootUrl.length)] : [],
    );
  async function isNamed(base: string): Promise<boolean> {
    for (const name of await names()) if ((await listingOf(name))?.base === base) return true;
    return false;
  }
  const putListing = (name: string, listing: Listing): Promise<void> =>
    cache.put(listingUrl(name), new Response(JSON.stringify(listing)));

  return {
    medium: 'cache',
    list: () =>
      stored(async () => {
        const sizes = new Map<string, number>();
        for (const name of await names()) {
          const listing = await listingOf(name);
          if (listing !== null) {
            sizes.set(
              name,
              listing.sizes.reduce((sum, size) => sum + size, 0),
            );
          }
        }
        return sizes;
      }),

    open: (name) =>
      stored(async () => {
        const listing = await listingOf(name);
        if (listing === null) return null;
        const pieces = await Promise.all(
          listing.sizes.map((_, piece) => cache.match(pieceUrl(listing.base, piece))),
        );
        return new Blob(await Promise.all(pieces.map((piece) => piece?.blob() ?? new Blob([]))));
      }),

    append: (name) =>
      stored(async () => {
        const listing = (await listingOf(name)) ?? { base: crypto.randomUUID(), sizes: [] };
        await putListing(name, listing);
        return pieceWriter(
          listing,
          ({ base, sizes }, piece) => cache.put(pieceUrl(base, sizes.length), new Response(piece)),
          (grown) => putListing(name, grown),
        );
      }),

    rename: (from, to) =>
      stored(async () => {
        const listing = await listingOf(from);
        if (listing === null) return;
        await putListing(to, listing);
        await cache.delete(listingUrl(from));
      }),

    remove: (name) =>
      stored(async () => {
        const listing = await listingOf(name);
        if (listing === null) return;
        await cache.delete(listingUrl(name));
        // A tab that ended while it renamed leaves two names for the same pieces.
        if (await isNamed(listing.base)) return;
        for (const piece of listing.sizes.keys()) await cache.delete(pieceUrl(listing.base, piece));
      }),
  };
}
