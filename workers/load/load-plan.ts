import type { Backend, DeviceReport, LoadedModel, LoadPlan, LoadReport } from '../../src/contract/engine.ts';
import type { ModelEntry, ModelManifest } from '../../src/contract/model-manifest.ts';
import { isWeightsId } from '../../src/contract/weights-library.ts';
import { AppError } from '../../src/core/errors.ts';
import { ROLES, type Role } from '../../src/core/role.ts';

import type { EngineDeps } from '../engine-deps.ts';
import type { Call } from '../pipeline/call.ts';
import type { Compute, Tensor } from '../pipeline/compute.ts';
import type { Device } from '../pipeline/device.ts';
import { type Model, networksWith, openModel, type PipelineModels } from '../pipeline/model.ts';
import { chooseDevice } from './choose-device.ts';

/** The loaded models of a plan, and the device they run on. */
export interface Loaded {
  readonly device: Device<Tensor>;
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
  readonly call: Call;
}

async function loadModel(
  { deps, manifest, before, signal, call }: Source,
  id: string,
  role: Role,
): Promise<{ readonly model: Model; readonly loaded: LoadedModel }> {
  const start = performance.now();
  const done = (model: Model, sizeBytes: number, from: LoadedModel['from']) => ({
    model,
    loaded: { id, title: model.description.title, sizeBytes, from, loadMs: performance.now() - start },
  });
  if (isWeightsId(id)) {
    const { model, sizeBytes } = await deps.library.open(id, role, {
      signal,
      onBytes: (file, loadedBytes, totalBytes) =>
        call.report({ kind: 'verify', file, loadedBytes, totalBytes }),
    });
    return done(model, sizeBytes, 'storage');
  }
  const entry = entryOf(manifest, id);
  const { file, sizeBytes, sha256 } = entry;
  const known = before.find((model) => model.key === sha256);
  if (known !== undefined) return done(known, sizeBytes, 'memory');
  const [{ bytes, from }, networks] = await Promise.all([
    deps.store.read(entry, {
      signal,
      onBytes: (loadedBytes, totalBytes) => call.report({ kind: 'fetch', file, loadedBytes, totalBytes }),
    }),
    networksWith(entry.architecture),
  ]);
  return done(openModel({ ...entry, role, key: sha256 }, bytes, networks), sizeBytes, from);
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
  if (decoder === undefined) {
    throw new AppError(
      'model/missing',
      'The plan names no decoder, and without one no picture can be made. Name one, such as flux2-decoder.',
    );
  }
  return { models, decoder, reports: opened.map(({ loaded }) => loaded) };
}

/** Begins to fetch what a later plan is going to name. */
function fetchAhead({ deps, manifest, signal }: Source, { ahead = [] }: LoadPlan): void {
  for (const id of ahead) {
    const entry = manifest.models.find((model) => model.id === id);
    // A person's own weights are here already.
    if (entry !== undefined) deps.store.ahead(entry, signal);
  }
}

/** What a decoder should give, where an answer is stored for it; others are only asked for finite values. */
async function selfTestOf({ deps, manifest, signal }: Source, decoder: string | undefined) {
  if (decoder === undefined || !manifest.models.some(({ id }) => id === decoder)) return null;
  const [{ bytes }, { openSelfTest }] = await Promise.all([
    deps.store.read(manifest.selfTest, { signal }),
    import('./self-test.ts'),
  ]);
  return openSelfTest(bytes, decoder);
}

/** Opens each backend once, and the present one not at all while it stands. */
function createOpener(deps: EngineDeps, current: Compute | null, signal: AbortSignal, call: Call) {
  const opening = new Map<Backend, Promise<Compute>>();
  return {
    open(backend: Backend): Promise<Compute> {
      if (current?.backend === backend && current.failure() === null) return Promise.resolve(current);
      const file = backend === 'webgpu' ? 'WebGPU runtime' : 'CPU runtime';
      const onBytes = (loadedBytes: number, totalBytes: number): void =>
        call.report({ kind: 'fetch', file, loadedBytes, totalBytes });
      const opened = opening.get(backend) ?? deps.openCompute(backend, { signal, onBytes });
      opening.set(backend, opened);
      return opened;
    },
    /** Devices opened on the way, be it too late, that nobody is going to use. */
    disposeUnused(used: Compute | null): void {
      for (const opened of opening.values()) {
        opened.then(
          (compute) => (compute === used ? undefined : compute.dispose()),
          () => {},
        );
      }
    },
  };
}

/** Device and browser, as far as they tell: another driver comes with another of these, or with a browser's update. */
function deviceName({ adapter }: DeviceReport): string {
  // Node has none.
  const browser = (globalThis.navigator as { readonly userAgent?: string } | undefined)?.userAgent;
  return [adapter?.vendor, adapter?.architecture, adapter?.device, adapter?.description, browser].join(' ');
}

/**
 * Fetches the models of `plan` while the device is made ready, and chooses how to run them. Until all of it has succeeded
 * `before` is untouched; then what the new plan does not use of it is freed.
 */
export async function loadPlan(
  deps: EngineDeps,
  plan: LoadPlan,
  before: Loaded | null,
  call: Call,
): Promise<Loaded> {
  const start = performance.now();
  const failed = new AbortController();
  const signal = AbortSignal.any([call.signal, failed.signal]);
  const { open, disposeUnused } = createOpener(deps, before?.device.compute ?? null, signal, call);
  try {
    const probed = await deps.probe(plan.backend);
    // The runtime is the largest download: it starts first. Its failure is looked at when it is needed.
    const opened = open(probed.backend).catch(() => {});

    const manifest = await deps.store.manifest(signal);
    const source: Source = {
      deps,
      manifest,
      before: before === null ? [] : modelsOf(before.models),
      signal,
      call,
    };
    const opening = loadModels(source, plan);
    Promise.all([opened, opening]).then(
      () => fetchAhead(source, plan),
      () => {},
    );
    const [{ models, decoder, reports }, selfTest] = await Promise.all([
      opening,
      probed.backend === 'webgpu' ? selfTestOf(source, plan.models.decoder) : null,
    ]);
    const { device, cause, reason } = await chooseDevice(
      {
        plan,
        probed,
        decoder,
        others: modelsOf(models).filter((model) => model !== decoder),
        selfTest,
        // Only a GPU is examined.
        examine: async (...network) => {
          const { createExaminer } = await import('./examine-model.ts');
          const examine = createExaminer({
            trust: deps.trust,
            device: deviceName(probed),
            openCpu: () => open('wasm'),
          });
          return examine(...network);
        },
        before: before?.device ?? null,
        open,
        readPixels: deps.readPixels,
      },
      call,
    );
    call.signal.throwIfAborted();

    if (before !== null && before.device !== device) await before.device.networks.keepOnly([]);
    if (before !== null && before.device.compute !== device.compute) await before.device.compute.dispose();
    await device.networks.keepOnly(modelsOf(models));
    disposeUnused(device.compute);
    const report: LoadReport = {
      backend: device.compute.backend,
      cause,
      reason,
      precision: device.precision,
      adapter: probed.adapter,
      threads: probed.threads,
      models: reports,
      loadMs: performance.now() - start,
    };
    return { device, models, report };
  } catch (error) {
    failed.abort();
    disposeUnused(null);
    throw error;
  }
}
