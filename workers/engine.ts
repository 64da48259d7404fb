import type { CallId, Progress, Report } from '../src/contract/call.ts';
import type {
  DecodedImage,
  DecodeJob,
  EncodedPicture,
  Engine,
  LoadPlan,
  LoadReport,
} from '../src/contract/engine.ts';
import { AppError, isAbort } from '../src/core/errors.ts';
import { fromRgba } from '../src/core/pixels.ts';
import { createSerialQueue } from '../src/core/serial-queue.ts';
import type { EngineDeps } from './engine-deps.ts';
import { type Loaded, loadPlan } from './load/load-plan.ts';
import type { Compute, Surface, Tensor } from './pipeline/compute.ts';
import { encodePlanes } from './pipeline/encode-stage.ts';
import { renderJob, upscaleLatent } from './pipeline/pipeline.ts';
import { type Run, startRun, timed, timingsOf } from './pipeline/run.ts';

/** The whole picture, once the device has shown that it still stands: what it copied while it was lost is black. */
async function finished(
  compute: Compute,
  surface: Surface<Tensor, ImageBitmap>,
  run: Run,
): Promise<ImageBitmap> {
  let picture: ImageBitmap | null = null;
  try {
    return await timed(run, 'presentMs', compute, () => {
      picture = surface.finish();
      return picture;
    });
  } catch (error) {
    (picture as ImageBitmap | null)?.close();
    throw error;
  }
}

/** Browsers break work off with an AbortError of their own when a device or a document goes: nobody cancelled. */
const asFailure = (error: unknown, { signal }: Run): unknown =>
  isAbort(error) && !signal.aborted
    ? new AppError(
        'engine/run',
        `The browser broke the work off (${error instanceof Error ? error.message : ''}). Try again.`,
        { cause: error },
      )
    : error;

/** The engine behind contract/engine.ts. All work goes through one queue: the runtime bears no two calls at once. */
export function createEngine(deps: EngineDeps): Engine {
  const queue = createSerialQueue();
  const running = new Map<CallId, AbortController>();
  let loaded: Loaded | null = null;
  let isDisposed = false;

  const requireLife = (): void => {
    if (isDisposed) throw new AppError('engine/disposed', 'The engine was shut down. Reload the page.');
  };

  /** One call: cancellable by its id, its reports delivered before it settles. */
  async function tracked<R>(id: CallId, report: Report, work: (run: Run) => Promise<R>): Promise<R> {
    const abort = new AbortController();
    running.set(id, abort);
    // Over a thread boundary a report returns a promise; without waiting for it, progress could arrive after the result.
    const deliveries: unknown[] = [];
    const send = (progress: Progress): void => {
      deliveries.push(report(progress));
    };
    send({ kind: 'queued' });
    const run = startRun(abort.signal, send);
    try {
      return await work(run);
    } catch (error) {
      throw asFailure(error, run);
    } finally {
      run.end();
      running.delete(id);
      await Promise.allSettled(deliveries);
    }
  }

  /** A call that needs the runtime, and so its turn. */
  function call<R>(id: CallId, report: Report, work: (run: Run, queuedMs: number) => Promise<R>): Promise<R> {
    const start = performance.now();
    return tracked(id, report, (run) =>
      queue.run(async () => {
        requireLife();
        return work(run, performance.now() - start);
      }, run.signal),
    );
  }

  function ready(): Loaded {
    if (loaded !== null) return loaded;
    throw new AppError('engine/not-loaded', 'No models are loaded yet. Load a decoder first.');
  }

  async function decode(run: Run, queuedMs: number, job: DecodeJob): Promise<DecodedImage> {
    const { device, models } = ready();
    const start = performance.now();
    const open = (height: number, width: number) => run.own(device.compute.createSurface(height, width));
    const { surface, tiles } = await renderJob(device, models, job, open, run);
    const bitmap = await finished(device.compute, surface, run);
    const totalMs = queuedMs + performance.now() - start;
    const { backend } = device.compute;
    const timings = timingsOf(run, { queuedMs, totalMs, backend, precision: device.precision });
    return { bitmap, width: bitmap.width, height: bitmap.height, tiles, timings };
  }

  async function encode(run: Run, picture: ImageBitmap): Promise<EncodedPicture> {
    const { device, models } = ready();
    const { rgba, height, width } = deps.readPixels(picture);
    const planes = fromRgba(rgba, height, width, models.encoder?.description.pixelRange);
    const latent = await encodePlanes(device, models, planes, run);
    const pixelsPerCell = models.encoder?.description.pixelsPerCell ?? 1;
    return {
      latent,
      width: latent.width * pixelsPerCell,
      height: latent.height * pixelsPerCell,
      encodeMs: run.spent.encodeMs,
    };
  }

  return {
    probe: (backend) => deps.probe(backend),
    load: (id: CallId, plan: LoadPlan, report: Report): Promise<LoadReport> =>
      call(id, report, async (run) => {
        loaded = await loadPlan(deps, plan, loaded, run);
        return loaded.report;
      }),
    decode: (id, job, report) => call(id, report, (run, queuedMs) => decode(run, queuedMs, job)),
    upscale: (id, job, report) =>
      call(id, report, (run) => {
        const { device, models } = ready();
        return upscaleLatent(device, models, job, run);
      }),
    encode: (id, picture, report) =>
      call(id, report, (run) => encode(run, picture)).finally(() => picture.close()),
    importWeights: (id, source, report) =>
      tracked(id, report, async (run) => {
        requireLife();
        return deps.library.add(source, {
          signal: run.signal,
          onBytes: (file, loadedBytes, totalBytes) =>
            run.report({ kind: 'fetch', file, loadedBytes, totalBytes }),
        });
      }),
    describeWeights: (file, name, address) => deps.library.describe(file, name, address),
    listWeights: () => deps.library.list(),
    removeWeights: (what) => deps.library.remove(what),
    clearWeights: () => deps.library.clear(),
    forecastMemory: (request) => deps.library.forecast(request),
    async cancel(id) {
      running.get(id)?.abort();
    },
    async dispose() {
      isDisposed = true;
      for (const abort of running.values()) abort.abort();
      await queue.run(async () => {
        const last = loaded;
        loaded = null;
        await last?.device.networks.keepOnly([]);
        await last?.device.compute.dispose();
      });
    },
  };
}
