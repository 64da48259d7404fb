import type { CallOptions, EngineClient } from '../../client/engine-client.ts';
import type { DecodedImage, DecodeJob, DeviceReport, LoadPlan, LoadReport } from '../../contract/engine.ts';
import type { StoredWeights, WeightsSource, WeightsStorage } from '../../contract/weights-library.ts';
import { familyById } from '../../core/families/index.ts';
import type { FamilyId, Latent } from '../../core/latent/latent.ts';

/** A call that waits for the test's word. */
export interface PendingCall {
  readonly verb: 'load' | 'decode' | 'upscale' | 'convert' | 'encode' | 'import';
  readonly job: DecodeJob | null;
  readonly plan: LoadPlan | null;
  readonly options: CallOptions;
  /** Lets it succeed. */
  finish(): void;
  fail(error: unknown): void;
}

export interface FakeEngine extends EngineClient {
  /** Calls that have begun and not ended, oldest first. */
  readonly pending: PendingCall[];
  /** Every call ever made, as `decode lua 2`, in order. */
  readonly log: string[];
  /** What `listWeights` tells; imports that finish are added, removals taken away. */
  storage: WeightsStorage;
  /** What the next import that finishes has added. */
  nextWeights: StoredWeights | null;
}

export const FAKE_DEVICE: DeviceReport = {
  adapter: null,
  hasShaderF16: false,
  isCrossOriginIsolated: false,
  threads: 1,
  backend: 'wasm',
  cause: 'gpu-none',
  reason: 'The fake has no GPU.',
};

/** A bitmap that is only a size, for places without a canvas. */
export function fakeBitmap(width: number, height: number): ImageBitmap & { isClosed: boolean } {
  const bitmap = {
    width,
    height,
    isClosed: false,
    close() {
      bitmap.isClosed = true;
    },
  };
  return bitmap;
}

const abortError = (): Error => new DOMException('stopped', 'AbortError');

type Begin = <Result>(
  call: Pick<PendingCall, 'verb' | 'job' | 'plan'>,
  options: CallOptions,
  result: () => Result,
) => Promise<Result>;

/** How a call begins: it is logged, and waits in `pending` until the test finishes or fails it, or it is aborted. */
const beginner =
  (pending: PendingCall[], log: string[]): Begin =>
  (call, options, result) => {
    log.push([call.verb, call.job?.method, call.job?.scale].filter(Boolean).join(' '));
    return new Promise((resolve, reject) => {
      const end = () => pending.splice(pending.indexOf(entry), 1);
      const entry: PendingCall = {
        ...call,
        options,
        finish: () => {
          end();
          resolve(result());
        },
        fail: (error) => {
          end();
          reject(error);
        },
      };
      if (options.signal?.aborted) return reject(abortError());
      options.signal?.addEventListener('abort', () => entry.fail(abortError()), { once: true });
      pending.push(entry);
    });
  };

/** A scripted engine: every call waits until the test finishes it, fails it or aborts it, as the real client would. */
export function createFakeEngine(): FakeEngine {
  const pending: PendingCall[] = [];
  const log: string[] = [];
  const decodes = new Set<string>();
  const begin = beginner(pending, log);

  const fake: FakeEngine = {
    pending,
    log,
    storage: { weights: [], unfinished: [], medium: 'opfs', usedBytes: 0, freeBytes: 1e9 },
    nextWeights: null,
    probe: async () => FAKE_DEVICE,
    load: (plan, options = {}) => begin({ verb: 'load', plan, job: null }, options, () => loadReport(plan)),
    decode: (job, options = {}) =>
      begin({ verb: 'decode', job, plan: null }, options, () => {
        const name = `${job.method} ${job.scale} ${job.latent.height} ${job.latent.width}`;
        const run = decodes.has(name) ? 'warm' : 'cold';
        decodes.add(name);
        return decodedImage(job, run);
      }),
    upscale: (job, options = {}) =>
      begin({ verb: 'upscale', job, plan: null }, options, () => enlarged(job.latent, job.scale)),
    convert: (latent, to, options = {}) =>
      begin({ verb: 'convert', job: null, plan: null }, options, () => converted(latent, to)),
    encode: (picture, options = {}) =>
      begin({ verb: 'encode', job: null, plan: null }, options, () => ({
        latent: flatLatent(picture.height / 8, picture.width / 8),
        width: picture.width,
        height: picture.height,
        encodeMs: 20,
      })),
    importWeights: (source: WeightsSource, options = {}) =>
      begin({ verb: 'import', job: null, plan: null }, options, () => {
        if (fake.nextWeights === null) throw new Error(`the test says nothing of ${source.kind}`);
        const added = fake.nextWeights;
        fake.storage = { ...fake.storage, weights: [...fake.storage.weights, added] };
        return added;
      }),
    describeWeights: async () => fake.nextWeights?.networks ?? [],
    listWeights: async () => fake.storage,
    async removeWeights(what) {
      const { weights, unfinished } = fake.storage;
      fake.storage =
        typeof what === 'string'
          ? { ...fake.storage, weights: weights.filter(({ id }) => id !== what) }
          : { ...fake.storage, unfinished: unfinished.filter(({ address }) => address !== what.address) };
    },
    async clearWeights() {
      fake.storage = { ...fake.storage, weights: [], unfinished: [], usedBytes: 0 };
    },
    forecastMemory: async () => ({ weightBytes: 5e6, activationBytes: 20e6 }),
    dispose: async () => {},
  };
  return fake;
}

export const loadReport = (plan: LoadPlan): LoadReport => ({
  backend: 'wasm',
  cause: FAKE_DEVICE.cause,
  reason: FAKE_DEVICE.reason,
  precision: 'f32',
  adapter: null,
  threads: 1,
  models: Object.values(plan.models).map((id) => ({
    id,
    title: id,
    sizeBytes: 1000,
    from: 'network',
    loadMs: 5,
  })),
  loadMs: 15,
});

function decodedImage(job: DecodeJob, run: 'cold' | 'warm'): DecodedImage {
  const width = job.latent.width * 8 * job.scale;
  const height = job.latent.height * 8 * job.scale;
  const compileMs = run === 'cold' ? 40 : 0;
  return {
    bitmap: fakeBitmap(width, height),
    width,
    height,
    tiles: 1,
    timings: {
      queuedMs: 5,
      compileMs,
      upscaleMs: job.method === 'decode' ? 0 : 30,
      decodeMs: 60,
      presentMs: 4,
      totalMs: 99 + compileMs,
      run,
      backend: 'wasm',
      precision: 'f32',
    },
  };
}

/** A FLUX.2 latent in model space, of zeros. */
export const flatLatent = (height: number, width: number): Latent => ({
  data: new Float32Array(32 * height * width),
  channels: 32,
  height,
  width,
  family: 'flux2',
  space: 'model',
});

/** Of the family's channels, all values 0.5, raw. */
function converted({ height, width }: Latent, family: FamilyId): Latent {
  const { channels } = familyById(family);
  const data = new Float32Array(channels * height * width).fill(0.5);
  return { data, channels, height, width, family, space: 'raw' };
}

const enlarged = (latent: Latent, scale: number): Latent => ({
  ...latent,
  data: new Float32Array(latent.data.length * scale * scale),
  height: latent.height * scale,
  width: latent.width * scale,
});
