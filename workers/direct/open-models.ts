import { type Grade, gradeFor, type ModelManifest, modelFor } from '../../src/contract/model-manifest.ts';
import { readTensorFile } from '../../src/core/containers/index.ts';
import { AppError } from '../../src/core/errors.ts';
import { fetchWhole } from '../../src/core/fetch-whole.ts';
import { NETWORKS } from '../../src/core/networks/index.ts';
import { ROLES, type Role } from '../../src/core/role.ts';
import { createModelStore } from '../load/model-store.ts';
import { type Model, modelOf, openModel, type PipelineModels } from '../pipeline/model.ts';
import type { EngineOptions, EngineProgress, ModelSource } from './engine-types.ts';

interface Loading {
  readonly fetch: typeof fetch;
  readonly signal: AbortSignal | undefined;
  readonly report: (progress: EngineProgress) => void;
}

const failed = (address: string, found: string, cause?: unknown): AppError =>
  new AppError(
    'model/fetch',
    `${address} could not be fetched: ${found}. Check the address and the connection.`,
    {
      detail: { url: address },
      cause,
    },
  );

let opened = 0;

async function openSource(source: ModelSource, role: Role, { report, ...loading }: Loading): Promise<Model> {
  const isAddress = typeof source === 'string' || source instanceof URL;
  const file = isAddress ? String(source) : `the ${role}'s weights`;
  const bytes = isAddress
    ? await fetchWhole(
        file,
        {
          ...loading,
          onBytes: (loadedBytes, totalBytes) => report({ kind: 'fetch', file, loadedBytes, totalBytes }),
        },
        (found, cause) => failed(file, found, cause),
      )
    : new Uint8Array(source as ArrayBuffer);
  // Each is a model of its own: nothing is shared by name, and hashing megabytes would cost more than it saves.
  opened += 1;
  return modelOf(
    { id: file, file, role, key: `direct ${opened}` },
    readTensorFile(bytes, file).tensors,
    NETWORKS,
  );
}

/** Of a folder: its decoder of the grade, and the upscaler of the same family. */
async function openFolder(folder: string, grade: Grade, loading: Loading): Promise<PipelineModels> {
  const modelsUrl = folder.endsWith('/') ? folder : `${folder}/`;
  const store = createModelStore({ modelsUrl, openCache: async () => null, fetch: loading.fetch });
  const manifest: ModelManifest = await store.manifest(loading.signal);
  const decoder = modelFor(manifest, 'decoder', { grade });
  const upscaler = decoder && modelFor(manifest, 'upscaler', { family: decoder.family, grade });
  const models = await Promise.all(
    [decoder, upscaler]
      .flatMap((entry) => (entry === undefined ? [] : [entry]))
      .map(async (entry) => {
        const { file, role, sha256 } = entry;
        const { bytes } = await store.read(entry, {
          ...(loading.signal !== undefined && { signal: loading.signal }),
          onBytes: (loadedBytes, totalBytes) =>
            loading.report({ kind: 'fetch', file, loadedBytes, totalBytes }),
        });
        return [role, openModel({ ...entry, key: sha256 }, bytes, NETWORKS)] as const;
      }),
  );
  return Object.fromEntries(models);
}

/** The models of an engine. Throws model/*, file/*; the signal's reason after an abort. */
export async function openModels(
  { models, grade, device, fetch: load, signal }: EngineOptions,
  report: Loading['report'],
): Promise<PipelineModels> {
  const loading: Loading = { fetch: load ?? fetch.bind(globalThis), signal, report };
  if (typeof models === 'string' || models instanceof URL) {
    return openFolder(String(models), grade ?? gradeFor(device ? 'webgpu' : 'wasm'), loading);
  }
  const entries = await Promise.all(
    ROLES.flatMap((role) => {
      const source = models[role];
      return source === undefined
        ? []
        : [openSource(source, role, loading).then((model) => [role, model] as const)];
    }),
  );
  if (entries.length === 0) {
    throw new AppError(
      'model/missing',
      `No models were given. Name a folder, or weights for some of ${ROLES.join(', ')}.`,
    );
  }
  return Object.fromEntries(entries);
}
