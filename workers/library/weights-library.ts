import type {
  ForecastRequest,
  MemoryForecast,
  StoredNetwork,
  StoredWeights,
  UnfinishedWeights,
  WeightsId,
  WeightsSource,
  WeightsStorage,
} from '../../src/contract/weights-library.ts';
import { directAddress } from '../../src/core/direct-address.ts';
import { AppError } from '../../src/core/errors.ts';
import { estimateMemory, type ModelDescription, type StateDict } from '../../src/core/graph/index.ts';
import { type Model, networkOf } from '../pipeline/model.ts';
import { type FileStorage, readText, writeText } from './file-storage.ts';
import { forgetPartial, importAddress, partialNameOf } from './import-address.ts';
import {
  examine,
  FROM_ADDRESS,
  FROM_FILE,
  type ImportOptions,
  idOf,
  type LibraryDeps,
  SIDECAR,
  WEIGHTS,
} from './import-context.ts';
import { importFile } from './import-file.ts';
import { parseDownload, parseStored } from './sidecars.ts';

/** Weights that a person added; see contract/weights-library.ts for the promises. */
export interface Library {
  describe(file: Blob, name: string, address: string | null): Promise<readonly StoredNetwork[]>;
  add(source: WeightsSource, options: ImportOptions): Promise<StoredWeights>;
  list(): Promise<WeightsStorage>;
  remove(what: WeightsId | { readonly address: string }): Promise<void>;
  clear(): Promise<void>;
  /** A network ready to be built; its weights stay on the disk until then. Throws model/missing, model/mismatch. */
  open(id: WeightsId, role: ModelDescription['role']): Promise<{ model: Model; sizeBytes: number }>;
  forecast(request: ForecastRequest): Promise<MemoryForecast>;
}

/** A library over a storage. Imports may overlap, also with everything else. */
export function createWeightsLibrary(deps: LibraryDeps): Library {
  const busy = new Set<string>();
  let opening: Promise<FileStorage> | null = null;
  const openStorage = (): Promise<FileStorage> => {
    opening ??= deps.openStorage();
    return opening;
  };

  /** The description of a stored file; made anew where it is lost or damaged, null where the file itself is. */
  async function recordOf(
    storage: FileStorage,
    name: string,
    sizeBytes: number,
  ): Promise<StoredWeights | null> {
    const sha256 = name.slice(0, -WEIGHTS.length);
    const known = parseStored(await readText(storage, sha256 + SIDECAR));
    if (known !== null && known.sha256 === sha256 && known.sizeBytes === sizeBytes) return known;
    try {
      const blob = await storage.open(name);
      if (blob === null) return null;
      const file = known?.name ?? `${sha256.slice(0, 8)} (recovered)`;
      const { networks } = await examine(deps, blob, file, [file]);
      const found = { id: idOf(sha256), name: file, address: null, sizeBytes, sha256, networks };
      await writeText(storage, sha256 + SIDECAR, JSON.stringify({ version: 1, ...found }));
      return found;
    } catch {
      return null;
    }
  }

  async function list(): Promise<WeightsStorage> {
    const storage = await openStorage();
    const files = await storage.list();
    const weights: StoredWeights[] = [];
    const unfinished: UnfinishedWeights[] = [];
    let usedBytes = 0;
    for (const [name, size] of files) {
      usedBytes += size;
      if (name.endsWith(WEIGHTS)) {
        const found = await recordOf(storage, name, size);
        if (found !== null) weights.push(found);
      } else if (name.startsWith(FROM_ADDRESS) && !name.endsWith(SIDECAR)) {
        const known = parseDownload(await readText(storage, name + SIDECAR));
        if (known !== null && !busy.has(name)) unfinished.push({ ...known, loadedBytes: size });
      } else if (name.startsWith(FROM_FILE) && !busy.has(name)) {
        // Left by a tab that was closed in the middle; one that is still at it holds a lock.
        await storage.remove(name).catch(() => {});
      }
    }
    weights.sort((a, b) => a.name.localeCompare(b.name));
    return { weights, unfinished, medium: storage.medium, usedBytes, freeBytes: await deps.freeBytes() };
  }

  async function openState(id: WeightsId): Promise<{ stored: StoredWeights; state: StateDict }> {
    const storage = await openStorage();
    const digits = id.slice('user:'.length);
    for (const [name, size] of await storage.list()) {
      if (!name.endsWith(WEIGHTS) || !name.startsWith(digits)) continue;
      const stored = await recordOf(storage, name, size);
      const blob = await storage.open(name);
      if (stored === null || blob === null) break;
      const { openSliced } = await import('./sliced-file.ts');
      return { stored, state: openSliced(await deps.openBlob(blob), stored.name) };
    }
    throw new AppError(
      'model/missing',
      `The weights ${id} are not in this browser any more. Add them again under Models, or choose others.`,
      { detail: { id } },
    );
  }

  return {
    async describe(file, name, address) {
      const { networks } = await examine(deps, file, name, [name, address ?? '']);
      return networks;
    },

    async add(source, options) {
      const context = { deps, busy, storage: await openStorage() };
      if (source.kind === 'file') return importFile(context, source, options);
      const address = directAddress(source.address);
      const kept = (await list()).weights.find((weights) => weights.address === address.url);
      return kept ?? importAddress(context, address, options);
    },
    list,

    async remove(what) {
      const storage = await openStorage();
      if (typeof what !== 'string')
        return forgetPartial(storage, partialNameOf(directAddress(what.address).url));
      const digits = what.slice('user:'.length);
      for (const name of (await storage.list()).keys()) {
        if (!name.startsWith(digits) || !name.endsWith(WEIGHTS)) continue;
        await storage.remove(name);
        await storage.remove(name.slice(0, -WEIGHTS.length) + SIDECAR);
      }
    },

    async clear() {
      const storage = await openStorage();
      for (const name of (await storage.list()).keys()) if (!busy.has(name)) await storage.remove(name);
    },

    async open(id, role) {
      const { stored, state } = await openState(id);
      const description = networkOf(state, role, stored.name);
      const model = { id, file: stored.name, key: stored.sha256, description, state };
      return { model, sizeBytes: stored.sizeBytes };
    },

    async forecast({ id, role, height, width, scale }) {
      const { stored, state } = await openState(id);
      const { weightBytes, liveActivationBytes } = estimateMemory(
        networkOf(state, role, stored.name),
        state,
        { height, width, precision: 'f32', ...(scale !== null && { scale }) },
      );
      return { weightBytes, activationBytes: liveActivationBytes };
    },
  };
}
