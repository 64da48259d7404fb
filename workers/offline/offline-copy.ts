import type { BuildManifest, BuiltFile } from '../../src/core/offline-message.ts';
import { within } from '../../src/core/within.ts';
import { type CopyStorage, hasFittingType, KeptFiles, SMALL_BYTES } from './kept-files.ts';

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

type Later = (work: Promise<unknown>) => void;

interface Source {
  readonly files: KeptFiles;
  readonly build: BuildManifest;
  readonly fetch: typeof fetch;
}

/** A page is this build's if it starts with its script: hosts add things to HTML, so its hash would say too much. */
async function isPageOf(build: BuildManifest, response: Response): Promise<boolean> {
  const isHtml = /html/.test(response.headers.get('Content-Type') ?? '');
  return isHtml && (await response.text()).includes(build.entry);
}

async function ownFile(
  { files, fetch }: Source,
  request: Request,
  file: BuiltFile,
  later: Later,
): Promise<Response> {
  const path = files.pathOf(request.url);
  const found = request.cache === 'reload' ? null : await files.findIntact(path, file);
  if (found !== null) return found;
  const response = await fetch(request);
  if (file.sizeBytes > SMALL_BYTES) {
    later(files.putIntact(path, file, response.clone()));
    return response;
  }
  if (await files.putIntact(path, file, response.clone())) return response;
  // Perhaps only the browser's own cache is wrong. What the host insists on is handed on, but never kept.
  const again = await fetch(files.addressOf(path), { cache: 'reload' }).catch(() => null);
  return again !== null && (await files.putIntact(path, file, again.clone())) ? again : response;
}

/** A network that has not answered by then gives way to the copy: a phone's may be there in name alone. */
const NETWORK_MS = 8000;

async function networkFirst({ files, build, fetch }: Source, request: Request): Promise<Response> {
  const isPage = request.mode === 'navigate';
  const path = files.pathOf(request.url);
  async function fetchAndKeep(): Promise<Response> {
    const response = await fetch(request);
    const fits =
      response.status === 200 &&
      (isPage ? await isPageOf(build, response.clone()) : hasFittingType(path, response));
    if (fits) await files.put(path, response.clone());
    return response;
  }
  // A view's address differs only in its query; offline they are all the same page.
  const find = async (): Promise<Response | undefined> =>
    (await files.find(path)) ?? (isPage ? await files.find('') : undefined);
  const fetched = fetchAndKeep();
  try {
    return (await within(fetched, NETWORK_MS, find)) ?? (await fetched);
  } catch (error) {
    const found = await find();
    if (found !== undefined) return found;
    throw error;
  }
}

/** Fetches one file for the copy, if it is not there. */
async function fetchMissing({ files, build, fetch }: Source, path: string): Promise<void> {
  const file = build.files[path];
  if ((await files.find(path)) !== undefined) return;
  if (file === undefined && path.startsWith('assets/')) return;
  const response = await fetch(files.addressOf(path)).catch(() => null);
  if (response?.status !== 200) return;
  if (file !== undefined) await files.putIntact(path, file, response);
  else if (path === '' ? await isPageOf(build, response.clone()) : hasFittingType(path, response)) {
    await files.put(path, response);
  }
}

/** Opens the copy of `build`; touches no storage until it is asked. */
export function createOfflineCopy({ build, scope, caches, fetch }: OfflineCopyDeps): OfflineCopy {
  const files = new KeptFiles(build, scope, caches);
  const source = { files, build, fetch };
  return {
    async answer(request, later) {
      const path = files.pathOf(request.url);
      const file = build.files[path];
      if (file !== undefined) return ownFile(source, request, file, later);
      if (!path.startsWith('assets/')) return networkFirst(source, request);
      // A page that still runs an older build asks for a script that the host may not have any more.
      return (await files.findOlder(request.url)) ?? fetch(request);
    },
    async keep(urls) {
      for (const url of urls) await fetchMissing(source, files.pathOf(url));
    },
    async keepScripts() {
      for (const [path, { sizeBytes }] of Object.entries(build.files)) {
        if (sizeBytes <= SMALL_BYTES) await fetchMissing(source, path);
      }
    },
    inherit: () => files.inherit(),
    dropOlder: () => files.dropOlder(),
  };
}
