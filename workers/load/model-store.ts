import { type ModelManifest, parseManifest } from '../../src/contract/model-manifest.ts';
import { sha256Of } from '../../src/core/digest.ts';
import { AppError } from '../../src/core/errors.ts';
import { STALL_MS } from '../../src/core/fetch-body.ts';
import { within } from '../../src/core/within.ts';
import { createFetchAhead } from './fetch-ahead.ts';
import type { Parts } from './fetch-bytes.ts';
import { fetchChecked } from './fetch-checked.ts';
import { createKeptBytes, type KeepSome } from './kept-bytes.ts';
import type { FileBytes, ReadFile, ReadOptions, StoredFile } from './stored-file.ts';

/** The files of `models/`: fetched once, checked, kept in the browser. */
export interface ModelStore {
  /** The newest manifest when the server answers, else the one kept from before. Throws model/fetch or model/manifest. */
  manifest(signal?: AbortSignal): Promise<ModelManifest>;
  readonly read: ReadFile;
  /** Begins to fetch what is going to be read; a failure is the reading's to tell. */
  ahead(file: StoredFile, signal: AbortSignal): void;
}

export interface ModelStoreDeps {
  /** Absolute address of the folder, ending in a slash. */
  readonly modelsUrl: string;
  readonly openCache: () => Promise<KeepSome | null>;
  readonly fetch: typeof fetch;
  readonly patience?: StorePatience;
}

/** How long the store waits, in milliseconds. */
export interface StorePatience {
  /** For the manifest, which has 3 kB. */
  readonly manifestMs: number;
  /** For the next byte of a file. */
  readonly stallMs: number;
  /** For the browser's storage: one that does not answer is as good as none. */
  readonly storageMs: number;
}

const PATIENCE: StorePatience = { manifestMs: 15_000, stallMs: STALL_MS, storageMs: 10_000 };

/** A store over HTTP and Cache Storage. Kept files are named by their hash, so a changed file can never be mistaken. */
export function createModelStore(deps: ModelStoreDeps): ModelStore {
  const manifestUrl = `${deps.modelsUrl}manifest.json`;
  const { manifestMs, stallMs, storageMs } = deps.patience ?? PATIENCE;
  const parts: Parts = new Map();
  const keyOf = (file: StoredFile): string => `${deps.modelsUrl}${file.file}?sha256=${file.sha256}`;

  const kept = createKeptBytes(deps.openCache, storageMs);

  async function manifestText(signal: AbortSignal): Promise<string> {
    const response = await deps.fetch(manifestUrl, { signal });
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    return response.text();
  }

  async function read(file: StoredFile, options: ReadOptions = {}): Promise<FileBytes> {
    const key = keyOf(file);
    const stored = await kept.find(key);
    if (stored !== null && stored.length === file.sizeBytes && (await sha256Of(stored)) === file.sha256) {
      options.onBytes?.(file.sizeBytes, file.sizeBytes);
      return { bytes: stored, from: 'storage' };
    }
    // The hash in the address passes by stale copies of HTTP caches when a release changes a file.
    const bytes = await fetchChecked(
      { title: file.file, url: key, is: file },
      { ...options, fetch: deps.fetch, parts, stallMs },
    );
    // Nobody waits for the disk.
    kept.keep(key, bytes, 'application/octet-stream');
    return { bytes, from: 'network' };
  }
  const fetchAhead = createFetchAhead(read);

  return {
    async manifest(signal) {
      try {
        const late = new AbortController();
        const wanted = signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]);
        const text = await within(manifestText(wanted), manifestMs, () => {
          late.abort();
          throw new Error(`it has not come within ${manifestMs / 1000} s`);
        });
        const manifest = parseManifest(JSON.parse(text));
        kept.keep(manifestUrl, new TextEncoder().encode(text), 'application/json');
        return manifest;
      } catch (cause) {
        signal?.throwIfAborted();
        if (cause instanceof AppError) throw cause;
        const bytes = await kept.find(manifestUrl);
        if (bytes !== null) return parseManifest(JSON.parse(new TextDecoder().decode(bytes)));
        throw new AppError(
          'model/fetch',
          `The model list ${manifestUrl} could not be read: ${cause instanceof Error ? cause.message : 'the server was not reached'}. Check the connection and try again.`,
          { detail: { url: manifestUrl }, cause },
        );
      }
    },

    async read(file, options = {}) {
      return (await fetchAhead.take(file, options)) ?? (await read(file, options));
    },
    ahead: (file, signal) => fetchAhead.begin(file, signal),
  };
}
