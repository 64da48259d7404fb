import { sha256Of } from '../../src/core/digest.ts';
import type { BuildManifest, BuiltFile } from '../../src/core/offline-message.ts';
import { within } from '../../src/core/within.ts';

/** The part of Cache Storage that the copy needs. */
export type CopyStorage = Pick<CacheStorage, 'open' | 'keys' | 'delete'>;

/** The one cache of all builds before there was one for each. */
const LEGACY = 'latentlift-page';

/** Hosts that answer `Vary: Origin` would hide what was fetched here from the page, whose module scripts send an Origin. */
const MATCHING = { ignoreVary: true } as const;

/** Files up to this size are judged before they are handed on; larger ones (the runtime) are judged by the engine too. */
export const SMALL_BYTES = 1_000_000;

/** A look takes milliseconds. A storage that is silent for so long, as that of a damaged profile, is asked no more by this worker. */
const STORAGE_MS = 3000;

/** What a file of this kind must be called by the host; a host that answers HTML for missing files is found out so. */
const TYPES: readonly (readonly [ending: RegExp, type: RegExp])[] = [
  [/\.m?js$/, /javascript/],
  [/\.css$/, /^text\/css/],
  [/\.json$/, /json/],
  [/\.(webp|svg|jpg|png)$/, /^image\//],
];

export function hasFittingType(path: string, response: Response): boolean {
  const type = response.headers.get('Content-Type') ?? '';
  const wanted = TYPES.find(([ending]) => ending.test(path))?.[1];
  return wanted === undefined ? !/html/.test(type) : wanted.test(type);
}

/** True if `response` is that file and says so; uses up its body. */
async function isIntact(path: string, file: BuiltFile, response: Response): Promise<boolean> {
  if (response.status !== 200 || !hasFittingType(path, response)) return false;
  const bytes = await response.arrayBuffer().catch(() => null);
  return bytes !== null && bytes.byteLength === file.sizeBytes && (await sha256Of(bytes)) === file.sha256;
}

/** The files of a build in its own cache; touches no storage until it is asked. */
export class KeptFiles {
  readonly #build: BuildManifest;
  readonly #scope: string;
  readonly #folder: string;
  readonly #caches: CopyStorage;
  /** What the caches of all builds of this page begin with; other pages of the same host have their own. */
  readonly #prefix: string;
  #isSilent = false;

  constructor(build: BuildManifest, scope: string, caches: CopyStorage) {
    this.#build = build;
    this.#scope = scope;
    this.#folder = new URL(scope).pathname;
    this.#caches = caches;
    this.#prefix = `${LEGACY} ${this.#folder} `;
  }

  pathOf(url: string): string {
    return new URL(url).pathname.slice(this.#folder.length);
  }

  addressOf(path: string): string {
    return this.#scope + path;
  }

  find(path: string): Promise<Response | undefined> {
    return this.#look(async () => (await this.#open()).match(this.addressOf(path), MATCHING));
  }

  /** Keeping is a service, not a duty: a full disk must not stop the page. */
  async put(path: string, response: Response): Promise<void> {
    if (this.#isSilent) return;
    const work = this.#open().then((cache) => cache.put(this.addressOf(path), response));
    // What is put may still be on its way from the network: that it takes long says nothing of the storage.
    await within(work, STORAGE_MS, () => {}).catch(() => {});
  }

  /** Keeps `response`, whose body is used up, if it is that file. */
  async putIntact(path: string, file: BuiltFile, response: Response): Promise<boolean> {
    if (!(await isIntact(path, file, response.clone()))) return false;
    await this.put(path, response);
    return true;
  }

  /** A file as it is kept; one that turns out damaged is forgotten. */
  async findIntact(path: string, file: BuiltFile): Promise<Response | null> {
    const found = await this.find(path);
    if (found === undefined) return null;
    // The engine checks the runtime whenever it loads it, and asks for it anew with `cache: 'reload'`.
    if (file.sizeBytes > SMALL_BYTES || (await isIntact(path, file, found.clone()))) return found;
    await this.#look(async () => (await this.#open()).delete(this.addressOf(path), MATCHING));
    return null;
  }

  /** What an older build kept of an address. */
  findOlder(url: string): Promise<Response | undefined> {
    return this.#look(async () => {
      for (const name of await this.#older()) {
        const found = await (await this.#caches.open(name)).match(url, MATCHING);
        if (found !== undefined && hasFittingType(this.pathOf(url), found)) return found;
      }
      return undefined;
    });
  }

  async inherit(): Promise<void> {
    for (const name of await this.#older()) {
      const cache = await this.#caches.open(name);
      for (const [path, file] of Object.entries(this.#build.files)) {
        const found = await cache.match(this.addressOf(path), MATCHING);
        if (found !== undefined) await this.putIntact(path, file, found);
      }
    }
  }

  async dropOlder(): Promise<void> {
    for (const name of await this.#older()) {
      if (name !== LEGACY) await this.#caches.delete(name);
      else await this.#dropLegacy();
    }
  }

  /** The old common cache may hold files of other pages of the host as well. */
  async #dropLegacy(): Promise<void> {
    const cache = await this.#caches.open(LEGACY);
    for (const request of await cache.keys()) {
      if (request.url.startsWith(this.#scope)) await cache.delete(request, MATCHING);
    }
    if ((await cache.keys()).length === 0) await this.#caches.delete(LEGACY);
  }

  /** What a look at the storage gives. It may refuse (private windows, a full disk) or be silent: then everything comes from the network. */
  async #look<R>(work: () => Promise<R>): Promise<R | undefined> {
    if (this.#isSilent) return undefined;
    try {
      return await within(work(), STORAGE_MS, () => {
        this.#isSilent = true;
        return undefined;
      });
    } catch {
      return undefined;
    }
  }

  #open(): Promise<Cache> {
    return this.#caches.open(`${this.#prefix}${this.#build.id}`);
  }

  async #older(): Promise<string[]> {
    const own = `${this.#prefix}${this.#build.id}`;
    return (await this.#caches.keys()).filter(
      (name) => name === LEGACY || (name.startsWith(this.#prefix) && name !== own),
    );
  }
}
