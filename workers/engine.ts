import type { CallId, Report } from '../src/contract/call.ts';
import type {
  DecodedImage,
  DecodeJob,
  EncodedPicture,
  Engine,
  LoadPlan,
  LoadReport,
} from '../src/contract/engine.ts';
import { AppError } from '../src/core/errors.ts';
import { fromRgba } from '../src/core/pixels.ts';
import { createCallQueue } from './call-queue.ts';
import type { EngineDeps, Pixels } from './engine-deps.ts';
import { type Loaded, loadPlan } from './load/load-plan.ts';
import { type Call, timed, timingsOf } from './pipeline/call.ts';
import type { Compute, Surface, Tensor } from './pipeline/compute.ts';
import { convertLatent } from './pipeline/convert-step.ts';
import { encodePlanes } from './pipeline/encode-step.ts';
import { requireDrawable, requireRole } from './pipeline/job-rules.ts';
import { renderJob, upscaleLatent } from './pipeline/pipeline.ts';

/** The whole picture, once the device has shown that it still stands: what it copied while it was lost is black. */
async function finished(
  compute: Compute,
  surface: Surface<Tensor, ImageBitmap>,
  call: Call,
): Promise<ImageBitmap> {
  let picture: ImageBitmap | null = null;
  try {
    return await timed(call, 'presentMs', compute, () => {
      picture = surface.finish();
      return picture;
    });
  } catch (error) {
    (picture as ImageBitmap | null)?.close();
    throw error;
  }
}

async function decode(
  { device, models }: Loaded,
  job: DecodeJob,
  call: Call,
  queuedMs: number,
): Promise<DecodedImage> {
  const start = performance.now();
  const { pixelsPerCell } = requireRole(models, 'decoder', job.method).description;
  requireDrawable(job.latent, pixelsPerCell, job.scale);
  const open = (height: number, width: number) => call.own(device.compute.createSurface(height, width));
  const { surface, tiles } = await renderJob(device, models, job, open, call);
  const bitmap = await finished(device.compute, surface, call);
  const totalMs = queuedMs + performance.now() - start;
  const { backend } = device.compute;
  const timings = timingsOf(call, { queuedMs, totalMs, backend, precision: device.precision });
  return { bitmap, width: bitmap.width, height: bitmap.height, tiles, timings };
}

async function encode({ device, models }: Loaded, picture: Pixels, call: Call): Promise<EncodedPicture> {
  const { rgba, height, width } = picture;
  const planes = fromRgba(rgba, height, width, models.encoder?.description.pixelRange);
  const latent = await encodePlanes(device, models, planes, call);
  const pixelsPerCell = models.encoder?.description.pixelsPerCell ?? 1;
  return {
    latent,
    width: latent.width * pixelsPerCell,
    height: latent.height * pixelsPerCell,
    encodeMs: call.spent.encodeMs,
  };
}

/** The engine behind contract/engine.ts. All work on networks goes through one queue. */
export function createEngine(deps: EngineDeps): Engine {
  const calls = createCallQueue();
  let loaded: Loaded | null = null;

  function ready(): Loaded {
    if (loaded !== null) return loaded;
    throw new AppError('engine/not-loaded', 'No models are loaded yet. Load a decoder first.');
  }

  return {
    probe: (backend) => deps.probe(backend),
    load: (id: CallId, plan: LoadPlan, report: Report): Promise<LoadReport> =>
      calls.inTurn(id, report, async (call) => {
        loaded = await loadPlan(deps, plan, loaded, call);
        return loaded.report;
      }),
    decode: (id, job, report) =>
      calls.inTurn(id, report, async (call, queuedMs) => decode(ready(), job, call, queuedMs)),
    upscale: (id, job, report) =>
      calls.inTurn(id, report, async (call) => {
        const { device, models } = ready();
        return upscaleLatent(device, models, job, call);
      }),
    convert: (id, latent, to, report) =>
      calls.inTurn(id, report, async (call) => {
        const { device, models } = ready();
        return convertLatent(device, models, latent, to, call);
      }),
    encode: (id, picture, report) =>
      calls
        .inTurn(id, report, async (call) => encode(ready(), deps.readPixels(picture), call))
        .finally(() => picture.close()),
    importWeights: (id, source, report) =>
      calls.atOnce(id, report, ({ signal, report: tell }) =>
        deps.library.add(source, {
          signal,
          onBytes: (file, loadedBytes, totalBytes) => tell({ kind: 'fetch', file, loadedBytes, totalBytes }),
        }),
      ),
    describeWeights: (file, name, address) => deps.library.describe(file, name, address),
    listWeights: () => deps.library.list(),
    removeWeights: (what) => deps.library.remove(what),
    clearWeights: () => deps.library.clear(),
    forecastMemory: (request) => deps.library.forecast(request),
    cancel: async (id) => calls.cancel(id),
    dispose: () =>
      calls.end(async () => {
        const last = loaded;
        loaded = null;
        await last?.device.networks.keepOnly([]);
        await last?.device.compute.dispose();
      }),
  };
}
