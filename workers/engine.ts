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
import { type Call, startCall, timed, timingsOf } from './pipeline/call.ts';
import type { Compute, Surface, Tensor } from './pipeline/compute.ts';
import { encodePlanes } from './pipeline/encode-step.ts';
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

/** Browsers break work off with an AbortError of their own when a device or a document goes: nobody cancelled. */
const asFailure = (error: unknown, { signal }: Call): unknown =>
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
  async function tracked<R>(id: CallId, report: Report, work: (call: Call) => Promise<R>): Promise<R> {
    const abort = new AbortController();
    running.set(id, abort);
    // Over a thread boundary a report returns a promise; without waiting for it, progress could arrive after the result.
    const deliveries: unknown[] = [];
    const send = (progress: Progress): void => {
      deliveries.push(report(progress));
    };
    send({ kind: 'queued' });
    const call = startCall(abort.signal, send);
    try {
      return await work(call);
    } catch (error) {
      throw asFailure(error, call);
    } finally {
      call.end();
      running.delete(id);
      await Promise.allSettled(deliveries);
    }
  }

  /** A call that needs the runtime, and so its turn. */
  function queued<R>(
    id: CallId,
    report: Report,
    work: (call: Call, queuedMs: number) => Promise<R>,
  ): Promise<R> {
    const start = performance.now();
    return tracked(id, report, (call) =>
      queue.run(async () => {
        requireLife();
        return work(call, performance.now() - start);
      }, call.signal),
    );
  }

  function ready(): Loaded {
    if (loaded !== null) return loaded;
    throw new AppError('engine/not-loaded', 'No models are loaded yet. Load a decoder first.');
  }

  async function decode(call: Call, queuedMs: number, job: DecodeJob): Promise<DecodedImage> {
    const { device, models } = ready();
    const start = performance.now();
    const open = (height: number, width: number) => call.own(device.compute.createSurface(height, width));
    const { surface, tiles } = await renderJob(device, models, job, open, call);
    const bitmap = await finished(device.compute, surface, call);
    const totalMs = queuedMs + performance.now() - start;
    const { backend } = device.compute;
    const timings = timingsOf(call, { queuedMs, totalMs, backend, precision: device.precision });
    return { bitmap, width: bitmap.width, height: bitmap.height, tiles, timings };
  }

  async function encode(call: Call, picture: ImageBitmap): Promise<EncodedPicture> {
    const { device, models } = ready();
    const { rgba, height, width } = deps.readPixels(picture);
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

  return {
    probe: (backend) => deps.probe(backend),
    load: (id: CallId, plan: LoadPlan, report: Report): Promise<LoadReport> =>
      queued(id, report, async (call) => {
        loaded = await loadPlan(deps, plan, loaded, call);
        return loaded.report;
      }),
    decode: (id, job, report) => queued(id, report, (call, queuedMs) => decode(call, queuedMs, job)),
    upscale: (id, job, report) =>
      queued(id, report, (call) => {
        const { device, models } = ready();
        return upscaleLatent(device, models, job, call);
      }),
    encode: (id, picture, report) =>
      queued(id, report, (call) => encode(call, picture)).finally(() => picture.close()),
    importWeights: (id, source, report) =>
      tracked(id, report, async (call) => {
        requireLife();
        return deps.library.add(source, {
          signal: call.signal,
          onBytes: (file, loadedBytes, totalBytes) =>
            call.report({ kind: 'fetch', file, loadedBytes, totalBytes }),
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
