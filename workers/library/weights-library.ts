import type {
  ForecastRequest,
  MemoryForecast,
  StoredNetwork,
  StoredWeights,
  WeightsId,
  WeightsSource,
  WeightsStorage,
} from '../../src/contract/weights-library.ts';
import { directAddress } from '../../src/core/direct-address.ts';
import { estimateMemory, type ModelDescription } from '../../src/core/graph/index.ts';
import type { Network } from '../../src/core/networks/network.ts';
import { type Model, networkOf } from '../pipeline/model.ts';
import type { FileStorage } from './file-storage.ts';
import {
  examine,
  type ImportContext,
  type ImportOptions,
  type LibraryDeps,
  partialOf,
  SIDECAR,
  WEIGHTS,
} from './import-context.ts';
import { isFileOf, listStored, openStored } from './stored-files.ts';

/** Weights that a person added; see contract/weights-library.ts for the promises. */
export interface Library {
  describe(file: Blob, name: string, address: string | null): Promise<readonly StoredNetwork[]>;
  add(source: WeightsSource, options: ImportOptions): Promise<StoredWeights>;
  list(): Promise<WeightsStorage>;
  remove(what: WeightsId | { readonly address: string }): Promise<void>;
  clear(): Promise<void>;
  /**
   * A network ready to be built; its weights stay on the disk until then. The first time, the file is checked against its hash.
   * Throws model/missing, model/mismatch, model/integrity.
   */
  open(
    id: WeightsId,
    role: ModelDescription['role'],
    options?: Partial<ImportOptions>,
  ): Promise<{ model: Model; sizeBytes: number }>;
  forecast(request: ForecastRequest): Promise<MemoryForecast>;
}

/** Every network that can be recognised: code that the first picture does without. */
const knownNetworks = async (): Promise<readonly Network[]> =>
  (await import('../../src/core/networks/index.ts')).NETWORKS;

/** A library over a storage. Imports may overlap, also with everything else. */
export function createWeightsLibrary(deps: LibraryDeps): Library {
  /** Hashes of files that were whole when this worker first opened them. */
  const verified = new Set<string>();
  let opening: Promise<FileStorage> | null = null;
  async function opened(): Promise<ImportContext> {
    opening ??= deps.openStorage();
    return { deps, storage: await opening };
  }

  return {
    async describe(file, name, address) {
      const { networks } = await examine(deps, file, name, [name, address ?? '']);
      return networks;
    },

    async add(source, options) {
      const context = await opened();
      // What brings weights in comes with the first of them.
      if (source.kind === 'file') {
        const { importFile } = await import('./import-file.ts');
        return importFile(context, source, options);
      }
      const address = directAddress(source.address);
      const { weights } = await listStored(context);
      const known = weights.find((one) => one.address === address.url);
      if (known !== undefined) return known;
      const { importAddress } = await import('./import-address.ts');
      return importAddress(context, address, options);
    },

    list: async () => listStored(await opened()),

    async remove(what) {
      const { storage } = await opened();
      if (typeof what !== 'string') {
        const { forgetPartial, partialNameOf } = await import('./import-address.ts');
        return forgetPartial(storage, partialNameOf(directAddress(what.address).url));
      }
      for (const name of (await storage.list()).keys()) {
        if (!isFileOf(what, name)) continue;
        await storage.remove(name);
        await storage.remove(name.slice(0, -WEIGHTS.length) + SIDECAR);
      }
    },

    async clear() {
      const { storage } = await opened();
      const names = [...(await storage.list()).keys()];
      const taken = await deps.claims.taken();
      for (const name of names) if (!taken.has(partialOf(name))) await storage.remove(name);
    },

    async open(id, role, { signal = new AbortController().signal, onBytes } = {}) {
      const { stored, blob, state } = await openStored(await opened(), id);
      if (!verified.has(stored.sha256)) {
        const { verifyStored } = await import('./verify-stored.ts');
        await verifyStored(blob, stored, {
          signal,
          onBytes: (loaded, total) => onBytes?.(stored.name, loaded, total),
        });
        verified.add(stored.sha256);
      }
      const description = networkOf(await knownNetworks(), state, role, stored.name);
      const model = { id, file: stored.name, key: stored.sha256, description, state };
      return { model, sizeBytes: stored.sizeBytes };
    },

    async forecast({ id, role, height, width, scale }) {
      const { stored, state } = await openStored(await opened(), id);
      const { weightBytes, liveActivationBytes } = estimateMemory(
        networkOf(await knownNetworks(), state, role, stored.name),
        state,
        { height, width, precision: 'f32', ...(scale !== null && { scale }) },
      );
      return { weightBytes, activationBytes: liveActivationBytes };
    },
  };
}
