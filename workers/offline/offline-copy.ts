import { sha256Of } from '../../src/core/digest.ts';
import type { BuildManifest, BuiltFile } from '../../src/core/offline-message.ts';

/** The part of Cache Storage that the copy needs. */
export type CopyStorage = Pick<CacheStorage, 'open' | 'keys' | 'delete'>;

export interface OfflineCopyDeps {
  readonly build: BuildManifest;
  /** Address of the page's folder, ending in a slash. */
  readonly scope: string;
  readonly caches: CopyStorage;
  readonly fetch: typeof fetch;
}

/** The page's own files, kept in the browser, one cache for each build. */
export interface OfflineCopy {
  /**
   * The answer to a request below the scope. A file of the build comes from the copy, and enters it only if it has the hash
   * that the build wrote down; anything else is asked of the network first. `later` takes work that outlasts the answer.
   */
  answer(request: Request, later: (work: Promise<unknown>) => void): Promise<Response>;
  /** Keeps what the page loaded past this copy; files of other builds are left out. */
  keep(urls: readonly string[]): Promise<void>;
  /** Keeps every script and style of the build: an open page finds them when the host has moved on. */
  keepScripts(): Promise<void>;
  /** Takes over from older copies what still belongs, so that an update fetches only what changed. */
  inherit(): Promise<void>;
  /** Forgets the copies of other builds. */
  dropOlder(): Promise<void>;
}

/** The one cache of all builds before there was one for each. */
const LEGACY = 'latentlift-page';

/** Hosts that answer `Vary: Origin` would hide what was fetched here from the page, whose module scripts send an Origin. */
const MATCHING = { ignoreVary: true } as const;

/** Files up to this size are judged before they are handed on; larger ones (the runtime) are judged by the engine too. */
const SMALL_BYTES = 1_000_000;

/** What a file of this kind must be called by the host; a host that answers HTML for missing files is found out so. */
const TYPES: readonly (readonly [ending: RegExp, type: RegExp])[] = [
  [/\.m?js$/, /javascript/],
  [/\.css$/, /^text\/css/],
  [/\.json$/, /json/],
  [/\.(webp|svg|jpg|png)$/, /^image\//],
];

function hasFittingType(path: string, response: Response): boolean {
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

/** Opens the copy of `build`; touches no storage until it is asked. */
export function createOfflineCopy({ build, scope, caches, fetch }: OfflineCopyDeps): OfflineCopy {
  const family = `${LEGACY} ${new URL(scope).pathname} `;
  const open = (): Promise<Cache> => caches.open(`${family}${build.id}`);
  /** Storage may refuse (private windows, a full disk): then everything comes from the network. */
  const find = async (address: string): Promise<Response | undefined> => {
    try {
      return await (await open()).match(address, MATCHING);
    } catch {
      return undefined;
    }
  };
  const folder = new URL(scope).pathname;
  const pathOf = (url: string): string => new URL(url).pathname.slice(folder.length);
  const addressOf = (path: string): string => scope + path;

  /** Copies of other builds of this page; other pages of the same host have their own. */
  const older = async (): Promise<string[]> =>
    (await caches.keys()).filter(
      (name) => name === LEGACY || (name.startsWith(family) && name !== `${family}${build.id}`),
    );

  /** Keeping is a service, not a duty: a full disk must not stop the page. */
  async function put(path: string, response: Response): Promise<void> {
    await open()
      .then((cache) => cache.put(addressOf(path), response))
      .catch(() => {});
  }

  async function keepIntact(path: string, file: BuiltFile, response: Response): Promise<boolean> {
    if (!(await isIntact(path, file, response.clone()))) return false;
    await put(path, response);
    return true;
  }

  async function kept(path: string, file: BuiltFile): Promise<Response | null> {
    const found = await find(addressOf(path));
    if (found === undefined) return null;
    // The engine checks the runtime whenever it loads it, and asks for it anew with `cache: 'reload'`.
    if (file.sizeBytes > SMALL_BYTES || (await isIntact(path, file, found.clone()))) return found;
    await (await open()).delete(addressOf(path), MATCHING);
    return null;
  }

  async function ownFile(
    request: Request,
    path: string,
    file: BuiltFile,
    later: (work: Promise<unknown>) => void,
  ): Promise<Response> {
    const found = request.cache === 'reload' ? null : await kept(path, file);
    if (found !== null) return found;
    const response = await fetch(request);
    if (file.sizeBytes > SMALL_BYTES) {
      later(keepIntact(path, file, response.clone()));
      return response;
    }
    if (await keepIntact(path, file, response.clone())) return response;
    // Perhaps only the browser's own cache is wrong. What the host insists on is handed on, but never kept.
    const again = await fetch(addressOf(path), { cache: 'reload' }).catch(() => null);
    return again !== null && (await keepIntact(path, file, again.clone())) ? again : response;
  }

  /** A page that still runs an older build asks for a part that the host may not have any more. */
  async function foreignFile(request: Request): Promise<Response> {
    for (const name of await older().catch(() => [])) {
      const found = await (await caches.open(name)).match(request.url, MATCHING);
      if (found !== undefined && hasFittingType(pathOf(request.url), found)) return found;
    }
    return fetch(request);
  }

  /** A page is this build's if it starts with its script: hosts add things to HTML, so its hash would say too much. */
  async function isOwnPage(response: Response): Promise<boolean> {
    const isHtml = /html/.test(response.headers.get('Content-Type') ?? '');
    return isHtml && (await response.text()).includes(build.entry);
  }

  async function networkFirst(request: Request): Promise<Response> {
    const isPage = request.mode === 'navigate';
    const path = pathOf(request.url);
    try {
      const response = await fetch(request);
      const fits =
        response.status === 200 &&
        (isPage ? await isOwnPage(response.clone()) : hasFittingType(path, response));
      if (fits) await put(path, response.clone());
      return response;
    } catch (error) {
      // A view's address differs only in its query; offline they are all the same page.
      const found = (await find(addressOf(path))) ?? (isPage ? await find(scope) : undefined);
      if (found !== undefined) return found;
      throw error;
    }
  }

  /** Fetches one file for the copy, if it is not there. */
  async function fetchMissing(path: string): Promise<void> {
    const file = build.files[path];
    if ((await find(addressOf(path))) !== undefined) return;
    if (file === undefined && path.startsWith('assets/')) return;
    const response = await fetch(addressOf(path)).catch(() => null);
    if (response?.status !== 200) return;
    if (file !== undefined) await keepIntact(path, file, response);
    else if (path === '' ? await isOwnPage(response.clone()) : hasFittingType(path, response))
      await put(path, response);
  }

  return {
    answer(request, later) {
      const path = pathOf(request.url);
      const file = build.files[path];
      if (file !== undefined) return ownFile(request, path, file, later);
      return path.startsWith('assets/') ? foreignFile(request) : networkFirst(request);
    },
    async keep(urls) {
      for (const url of urls) await fetchMissing(pathOf(url));
    },
    async keepScripts() {
      for (const [path, { sizeBytes }] of Object.entries(build.files))
        if (sizeBytes <= SMALL_BYTES) await fetchMissing(path);
    },
    async inherit() {
      for (const name of await older()) {
        const cache = await caches.open(name);
        for (const [path, file] of Object.entries(build.files)) {
          const found = await cache.match(addressOf(path), MATCHING);
          if (found !== undefined) await keepIntact(path, file, found);
        }
      }
    },
    async dropOlder() {
      for (const name of await older()) {
        if (name !== LEGACY) await caches.delete(name);
        else {
          const cache = await caches.open(name);
          for (const request of await cache.keys())
            if (request.url.startsWith(scope)) await cache.delete(request, MATCHING);
          if ((await cache.keys()).length === 0) await caches.delete(name);
        }
      }
    },
  };
}
