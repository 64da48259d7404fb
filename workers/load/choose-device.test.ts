import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Backend, DeviceReport, LoadPlan } from '../../src/contract/engine.ts';
import { AppError } from '../../src/core/errors.ts';
import { NETWORKS } from '../../src/core/networks/index.ts';
import { toRgba } from '../../src/core/pixels.ts';
import { type CpuTensor, createCpuCompute } from '../cpu/cpu-compute.ts';
import type { Pixels } from '../engine-deps.ts';
import { startCall } from '../pipeline/call.ts';
import type { Compute, Network } from '../pipeline/compute.ts';
import { type Model, openModel } from '../pipeline/model.ts';
import { tinyRelease } from '../testing/tiny-models.ts';
import { chooseDevice, type DeviceRequest } from './choose-device.ts';
import { runFiniteTest } from './finite-test.ts';

const release = tinyRelease();
const modelOf = (role: 'decoder' | 'upscaler'): Model =>
  openModel(
    { id: role, file: `${role}.safetensors`, role, key: role },
    release.files.get(`${role}.safetensors`) ?? new Uint8Array(),
    NETWORKS,
  );

/** What each network answers, in the order in which networks are made: a value to fill its output with. */
type Answer = number | 'noise' | 'tinted';

/** Another value for each channel. */
const tintAt = (i: number, length: number): number => 0.25 + 0.25 * Math.floor((3 * i) / length);

const CELLS = 2;
const decoded = {
  data: new Float32Array(3 * (8 * CELLS) ** 2).fill(0.5),
  channels: 3,
  height: 8 * CELLS,
  width: 8 * CELLS,
};
const selfTest = {
  latent: { data: new Float32Array(32 * CELLS * CELLS), channels: 32, height: CELLS, width: CELLS },
  decoded,
};

let freedTooLate = 0;
beforeEach(() => {
  freedTooLate = 0;
});
afterEach(() => {
  expect(freedTooLate, 'outputs freed after their session').toBe(0);
});

/** The GPU runtime's rule: an output belongs to its session, and to free it after the session is a crash. */
function withOwnedOutputs(network: Network<CpuTensor>): Network<CpuTensor> {
  let isReleased = false;
  return {
    async run(input) {
      const output = await network.run(input);
      return {
        ...output,
        dispose() {
          if (isReleased) {
            freedTooLate += 1;
            throw new Error('null function');
          }
        },
      };
    },
    async dispose() {
      isReleased = true;
    },
  };
}

/** A machine whose GPU gives `answers`, and shows pictures as `shown` says. */
function world(options: {
  answers: readonly Answer[];
  hasShaderF16?: boolean;
  precision?: LoadPlan['precision'];
  isBlank?: boolean;
  swapsChannels?: boolean;
  adapter?: DeviceReport['adapter'];
  runMs?: number;
  openGpu?: () => Promise<never>;
  withoutStoredAnswer?: boolean;
}): DeviceRequest {
  const answers = [...options.answers];
  function compute(backend: Backend): Compute {
    const runtime = {
      createSession: async (graph: { output: { dims: readonly number[] } }) => {
        const answer = answers.shift() ?? 0;
        const length = graph.output.dims.reduce((a, b) => a * b, 1);
        return {
          async run() {
            await new Promise((resolve) => setTimeout(resolve, options.runMs ?? 0));
            return Float32Array.from({ length }, (_, i) => {
              if (answer === 'noise') return Math.sin(i);
              return answer === 'tinted' ? tintAt(i, length) : answer;
            });
          },
          release: async () => {},
        };
      },
    };
    function createSurface(height: number, width: number) {
      let rgba = new Uint8ClampedArray(4 * height * width);
      return {
        paint: async (source: CpuTensor) => {
          if (options.isBlank !== true) rgba = toRgba(source, 'unit');
          for (let i = 0; options.swapsChannels === true && i < rgba.length; i += 4) {
            [rgba[i], rgba[i + 2]] = [rgba[i + 2] as number, rgba[i] as number];
          }
          return null;
        },
        finish: () => ({ rgba, height, width, close: () => {} }) as unknown as ImageBitmap,
        dispose: () => {},
      };
    }
    const cpu = createCpuCompute(runtime, { memoryShare: 1, createSurface });
    return {
      ...cpu,
      backend,
      createNetwork: async (graph) => withOwnedOutputs(await cpu.createNetwork(graph)),
    };
  }
  const probed: DeviceReport = {
    adapter: options.adapter ?? null,
    hasShaderF16: options.hasShaderF16 ?? true,
    isCrossOriginIsolated: false,
    threads: 1,
    backend: 'webgpu',
    cause: 'gpu',
    reason: 'WebGPU on a test GPU.',
  };
  return {
    plan: {
      backend: 'auto',
      precision: options.precision ?? 'auto',
      models: {},
    },
    probed,
    decoder: modelOf('decoder'),
    others: [modelOf('upscaler')],
    async examine(device, model, call) {
      // What the release's own decoder has to give is stored.
      const isStored = model.id === 'decoder' && options.withoutStoredAnswer !== true;
      const isAsked = device.precision === 'f16' || model.id === 'decoder';
      return isStored || !isAsked ? null : runFiniteTest(device, model, call);
    },
    selfTest: options.withoutStoredAnswer === true ? null : selfTest,
    before: null,
    open: (backend) =>
      backend === 'webgpu' && options.openGpu ? options.openGpu() : Promise.resolve(compute(backend)),
    readPixels: (picture) => picture as unknown as Pixels,
  };
}

async function choose(request: DeviceRequest) {
  const call = startCall(new AbortController().signal, () => {});
  const { device, cause, reason } = await chooseDevice(request, call);
  expect(call.end()).toEqual([]);
  return { backend: device.compute.backend, precision: device.precision, cause, reason };
}

describe('choosing device and precision', () => {
  it('takes f16 on a GPU that has it and passes, upscaler included', async () => {
    expect(await choose(world({ answers: [0.51, 'noise'] }))).toEqual({
      backend: 'webgpu',
      precision: 'f16',
      cause: 'gpu',
      reason: 'WebGPU on a test GPU.',
    });
  });

  it.each([
    ['is 10/255 off', [0.54, 0.5], '10/255 off in f16'],
    ['gives no numbers', [Number.NaN, 0.5], 'no numbers in f16'],
    [
      'has an upscaler that gives no numbers',
      [0.5, Number.NaN, 0.5],
      'upscaler.safetensors gives values that are no numbers',
    ],
  ] as const)('falls back to f32 where f16 %s, and says so', async (_name, answers, why) => {
    const choice = await choose(world({ answers }));
    expect(choice).toMatchObject({ backend: 'webgpu', precision: 'f32', cause: 'gpu-imprecise' });
    expect(choice.reason).toContain(why);
  });

  it.each([
    ['the GPU has no f16', { hasShaderF16: false }],
    ['f32 was asked for', { precision: 'f32' }],
  ] as const)('does not try f16 where %s', async (_name, options) => {
    expect(await choose(world({ answers: [0.5], ...options }))).toMatchObject({
      backend: 'webgpu',
      precision: 'f32',
    });
  });

  it('holds f32 to a tighter tolerance: what f16 may be off, f32 may not', async () => {
    expect(await choose(world({ answers: [0.51], hasShaderF16: false }))).toMatchObject({ backend: 'wasm' });
  });

  it('uses the CPU and says why when both precisions fail', async () => {
    const choice = await choose(world({ answers: [0.9, 0.9, 0.9] }));
    expect(choice).toMatchObject({ backend: 'wasm', precision: 'f32', cause: 'gpu-failed-test' });
    expect(choice.reason).toMatch(/failed its self-test: .* off in f32.*CPU/);
  });

  it('uses the CPU when the GPU computes well and shows nothing', async () => {
    const choice = await choose(world({ answers: [0.5, 0.5], isBlank: true }));
    expect(choice.backend).toBe('wasm');
    expect(choice.reason).toContain('was not shown');
  });

  it('uses the CPU when the GPU shows blue for red', async () => {
    const { length } = decoded.data;
    const tinted = { ...decoded, data: decoded.data.map((_, i) => tintAt(i, length)) };
    const on = (swapsChannels: boolean): DeviceRequest => ({
      ...world({ answers: ['tinted', 'tinted'], swapsChannels }),
      selfTest: { ...selfTest, decoded: tinted },
    });
    const choice = await choose(on(true));
    expect(choice.backend).toBe('wasm');
    expect(choice.reason).toContain('was not shown');
    expect(await choose(on(false))).toMatchObject({ backend: 'webgpu' });
  });

  it('uses the CPU for a GPU without a name that is as slow as an emulated one, unless it was asked for', async () => {
    const nameless = {
      ...{ vendor: '', architecture: '', device: '', description: '', isSoftware: false },
      ...{ maxBufferBytes: 2 ** 30, maxBindingBytes: 2 ** 27 },
    };
    const slow = { answers: [0.5, 'noise', 0.5], adapter: nameless, runMs: 250 } as const;
    const choice = await choose(world(slow));
    expect(choice).toMatchObject({ backend: 'wasm', cause: 'gpu-nameless' });
    expect(choice.reason).toMatch(/does not tell its name.*the CPU is faster/);
    expect((await choose(world({ ...slow, adapter: { ...nameless, vendor: 'acme' } }))).backend).toBe(
      'webgpu',
    );
    const asked = world(slow);
    expect(await choose({ ...asked, plan: { ...asked.plan, backend: 'webgpu' } })).toMatchObject({
      backend: 'webgpu',
    });
  });

  it('uses the CPU when the GPU cannot be opened', async () => {
    const openGpu = () => Promise.reject(new AppError('gpu/unavailable', 'The GPU is busy.'));
    const choice = await choose(world({ answers: [], openGpu }));
    expect(choice).toMatchObject({ backend: 'wasm', cause: 'gpu-unusable' });
    expect(choice.reason).toContain('The GPU is busy.');
  });

  it('does not take a broken download for a broken GPU', async () => {
    const openGpu = () => Promise.reject(new AppError('model/fetch', 'offline'));
    await expect(choose(world({ answers: [], openGpu }))).rejects.toMatchObject({ code: 'model/fetch' });
  });

  it('asks a decoder without a stored answer for finite values that are not all the same', async () => {
    const noise = { withoutStoredAnswer: true, hasShaderF16: false };
    expect(await choose(world({ answers: ['noise'], ...noise }))).toMatchObject({ backend: 'webgpu' });
    expect(await choose(world({ answers: [0], ...noise }))).toMatchObject({ backend: 'wasm' });
    expect(await choose(world({ answers: [Number.NaN], ...noise }))).toMatchObject({ backend: 'wasm' });
  });
});
