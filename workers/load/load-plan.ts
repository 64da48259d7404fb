import type { Backend, LoadedModel, LoadPlan, LoadReport } from '../../src/contract/engine.ts';
import type { ModelEntry, ModelManifest } from '../../src/contract/model-manifest.ts';
import { isWeightsId } from '../../src/contract/weights-library.ts';
import { AppError } from '../../src/core/errors.ts';
import type { NetworkRole } from '../../src/core/graph/index.ts';
import type { EngineDeps } from '../engine-deps.ts';
import type { Compute, Tensor } from '../pipeline/compute.ts';
import { type Model, openModel } from '../pipeline/model.ts';
import type { PipelineModels } from '../pipeline/pipeline.ts';
import type { Run } from '../pipeline/run.ts';
import type { Workshop } from '../pipeline/tiled-run.ts';
import { chooseWorkshop } from './choose-workshop.ts';
import { openSelfTest } from './self-test.ts';

/** A plan come true. */
export interface Loaded {
  readonly workshop: Workshop<Tensor>;
  readonly models: PipelineModels;
  readonly report: LoadReport;
}

export const modelsOf = ({ decoder, upscaler, encoder, pixelUpscaler }: PipelineModels): Model[] =>
  [decoder, upscaler, encoder, pixelUpscaler].filter((model) => model !== null);

function entryOf(manifest: ModelManifest, id: string): ModelEntry {
  const entry = manifest.models.find((model) => model.id === id);
  if (entry !== undefined) return entry;
  throw new AppError(
    'model/missing',
    `There is no model "${id}" here. Known are: ${manifest.models.map((m) => m.id).join(', ')}.`,
    { detail: { id } },
  );
}

interface Source {
  readonly deps: EngineDeps;
  readonly manifest: ModelManifest;
  readonly before: readonly Model[];
  readonly signal: AbortSignal;
  readonly run: Run;
}

async function loadModel(
  { deps, manifest, before, signal, run }: Source,
  id: string,
  role: NetworkRole,
): Promise<{ readonly model: Model; readonly loaded: LoadedModel }> {
  const start = performance.now();
  const done = (model: Model, sizeBytes: number, from: LoadedModel['from']) => ({
    model,
    loaded: { id, sizeBytes, from, loadMs: performance.now() - start },
  });
  if (isWeightsId(id)) {
    const { model, sizeBytes } = await deps.library.open(id, role);
    return done(model, sizeBytes, 'storage');
  }
  const entry = entryOf(manifest, id);
  const { file, sizeBytes, sha256 } = entry;
  const known = before.find((model) => model.key === sha256);
  if (known !== undefined) return done(known, sizeBytes, 'memory');
  const { bytes, from } = await deps.store.read(entry, {
    signal,
    onBytes: (loadedBytes, totalBytes) => run.report({ kind: 'fetch', file, loadedBytes, totalBytes }),
  });
  return done(openModel({ ...entry, role, key: sha256 }, bytes), sizeBytes, from);
}

const maybe = <I, O>(value: I | null, use: (value: I) => Promise<O>): Promise<O | null> =>
  value === null ? Promise.resolve(null) : use(value);

/**
 * Fetches the models of `plan` while the device is made ready, and chooses how to run them. Until all of it has succeeded
 * `before` is untouched; then what the new plan does not use of it is freed.
 */
export async function loadPlan(
  deps: EngineDeps,
  plan: LoadPlan,
  before: Loaded | null,
  run: Run,
): Promise<Loaded> {
  const start = performance.now();
  const failed = new AbortController();
  const signal = AbortSignal.any([run.signal, failed.signal]);
  const opening = new Map<Backend, Promise<Compute>>();
  const open = (backend: Backend): Promise<Compute> => {
    const current = before?.workshop.compute;
    if (current?.backend === backend && current.failure() === null) return Promise.resolve(current);
    const file = backend === 'webgpu' ? 'WebGPU runtime' : 'CPU runtime';
    const onBytes = (loadedBytes: number, totalBytes: number): void =>
      run.report({ kind: 'fetch', file, loadedBytes, totalBytes });
    const opened = opening.get(backend) ?? deps.openCompute(backend, { signal, onBytes });
    opening.set(backend, opened);
    return opened;
  };
  /** Devices opened on the way, be it too late, that nobody is going to use. */
  const disposeUnused = (used: Compute | null): void => {
    for (const opened of opening.values())
      opened.then(
        (compute) => (compute === used ? undefined : compute.dispose()),
        () => {},
      );
  };
  try {
    const device = await deps.probe(plan.backend);
    // The runtime is the largest download: it starts first. Its failure is looked at when it is needed.
    open(device.backend).catch(() => {});

    const manifest = await deps.store.manifest(signal);
    const source: Source = {
      deps,
      manifest,
      before: before === null ? [] : modelsOf(before.models),
      signal,
      run,
    };
    const [decoder, upscaler, encoder, pixelUpscaler, selfTest] = await Promise.all([
      loadModel(source, plan.decoder, 'decoder'),
      maybe(plan.upscaler, (id) => loadModel(source, id, 'upscaler')),
      maybe(plan.encoder, (id) => loadModel(source, id, 'encoder')),
      maybe(plan.pixelUpscaler ?? null, (id) => loadModel(source, id, 'pixel-upscaler')),
      // The stored answer belongs to the first decoder of the list; others are only asked for finite values.
      device.backend === 'webgpu' && plan.decoder === manifest.models.find((m) => m.role === 'decoder')?.id
        ? deps.store.read(manifest.selfTest, { signal }).then(({ bytes }) => openSelfTest(bytes))
        : null,
    ]);
    const { workshop, reason } = await chooseWorkshop(
      {
        plan,
        device,
        decoder: decoder.model,
        upscaler: upscaler?.model ?? null,
        selfTest,
        before: before?.workshop ?? null,
        open,
        readPixels: deps.readPixels,
      },
      run,
    );
    run.signal.throwIfAborted();

    const models = {
      decoder: decoder.model,
      upscaler: upscaler?.model ?? null,
      encoder: encoder?.model ?? null,
      pixelUpscaler: pixelUpscaler?.model ?? null,
    };
    if (before !== null && before.workshop !== workshop) await before.workshop.networks.keepOnly([]);
    if (before !== null && before.workshop.compute !== workshop.compute)
      await before.workshop.compute.dispose();
    await workshop.networks.keepOnly(modelsOf(models));
    disposeUnused(workshop.compute);
    const report: LoadReport = {
      backend: workshop.compute.backend,
      reason,
      precision: workshop.precision,
      adapter: device.adapter,
      threads: device.threads,
      models: [decoder, upscaler, encoder, pixelUpscaler].filter((m) => m !== null).map((m) => m.loaded),
      loadMs: performance.now() - start,
    };
    return { workshop, models, report };
  } catch (error) {
    failed.abort();
    disposeUnused(null);
    throw error;
  }
}
