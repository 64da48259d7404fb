import type { Backend, DeviceReport, LoadedModel, LoadPlan, LoadReport } from '../../src/contract/engine.ts';
import type { ModelEntry, ModelManifest } from '../../src/contract/model-manifest.ts';
import { isWeightsId } from '../../src/contract/weights-library.ts';
import { AppError } from '../../src/core/errors.ts';
import { ROLES, type Role } from '../../src/core/role.ts';

import type { EngineDeps } from '../engine-deps.ts';
import type { Compute, Tensor } from '../pipeline/compute.ts';
import { type Model, openModel, type PipelineModels } from '../pipeline/model.ts';
import type { Run } from '../pipeline/run.ts';
import type { Workshop } from '../pipeline/tiled-run.ts';
import { chooseWorkshop } from './choose-workshop.ts';
import { createExaminer } from './examine-model.ts';
import { openSelfTest } from './self-test.ts';

/** A plan come true. */
export interface Loaded {
  readonly workshop: Workshop<Tensor>;
  readonly models: PipelineModels;
  readonly report: LoadReport;
}

export const modelsOf = (models: PipelineModels): Model[] => Object.values(models);

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
  role: Role,
): Promise<{ readonly model: Model; readonly loaded: LoadedModel }> {
  const start = performance.now();
  const done = (model: Model, sizeBytes: number, from: LoadedModel['from']) => ({
    model,
    loaded: { id, sizeBytes, from, loadMs: performance.now() - start },
  });
  if (isWeightsId(id)) {
    const { model, sizeBytes } = await deps.library.open(id, role, {
      signal,
      onBytes: (file, loadedBytes, totalBytes) =>
        run.report({ kind: 'verify', file, loadedBytes, totalBytes }),
    });
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

/** Every model of the plan, side by side. Throws model/missing where it names no decoder. */
async function loadModels(source: Source, plan: LoadPlan) {
  const opened = await Promise.all(
    ROLES.flatMap((role) => {
      const id = plan.models[role];
      return id === undefined ? [] : [loadModel(source, id, role).then((done) => ({ role, ...done }))];
    }),
  );
  const models: PipelineModels = Object.fromEntries(opened.map(({ role, model }) => [role, model]));
  const { decoder } = models;
  if (decoder === undefined)
    throw new AppError(
      'model/missing',
      'The plan names no decoder, and without one no picture can be made. Name one, such as flux2-decoder.',
    );
  return { models, decoder, reports: opened.map(({ loaded }) => loaded) };
}

/** Device and browser, as far as they tell: another driver comes with another of these, or with a browser's update. */
const deviceName = ({ adapter }: DeviceReport): string =>
  [adapter?.vendor, adapter?.architecture, adapter?.device, adapter?.description, navigator.userAgent].join(
    ' ',
  );

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
    const [{ models, decoder, reports }, selfTest] = await Promise.all([
      loadModels(source, plan),
      // The stored answer belongs to the first decoder of the list; others are only asked for finite values.
      device.backend === 'webgpu' &&
      plan.models.decoder === manifest.models.find((m) => m.role === 'decoder')?.id
        ? deps.store.read(manifest.selfTest, { signal }).then(({ bytes }) => openSelfTest(bytes))
        : null,
    ]);
    const { workshop, reason } = await chooseWorkshop(
      {
        plan,
        device,
        decoder,
        others: modelsOf(models).filter((model) => model !== decoder),
        selfTest,
        examine: createExaminer({
          trust: deps.trust,
          device: deviceName(device),
          openCpu: () => open('wasm'),
        }),
        before: before?.workshop ?? null,
        open,
        readPixels: deps.readPixels,
      },
      run,
    );
    run.signal.throwIfAborted();

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
      models: reports,
      loadMs: performance.now() - start,
    };
    return { workshop, models, report };
  } catch (error) {
    failed.abort();
    disposeUnused(null);
    throw error;
  }
}
