import { beforeAll, describe, expect, it } from 'vitest';
import type { BuiltGraph } from '../../src/core/graph/index.ts';
import { NETWORKS } from '../../src/core/networks/index.ts';
import { type CpuTensor, createCpuCompute } from '../cpu/cpu-compute.ts';
import { createWasmRuntime } from '../ort/wasm-runtime.ts';
import { startCall } from '../pipeline/call.ts';
import type { Compute } from '../pipeline/compute.ts';
import type { Device } from '../pipeline/device.ts';
import { type Model, openModel } from '../pipeline/model.ts';
import { createNetworkCache } from '../pipeline/network-cache.ts';
import { tinyPixelUpscaler, tinyRelease } from '../testing/tiny-models.ts';
import { createEarnedTrust } from './earned-trust.ts';
import { createExaminer } from './examine-model.ts';
import { relativeDifference, runTrustTest } from './trust-test.ts';

let runtime: Awaited<ReturnType<typeof createWasmRuntime>>;
beforeAll(async () => {
  runtime = await createWasmRuntime({ wasmBinary: null, threads: 1 });
});

const files = new Map([
  ...tinyRelease(true).files,
  ['pixel-upscaler.safetensors', tinyPixelUpscaler()] as const,
]);
const TRUSTED = ['decoder', 'encoder', 'upscaler', 'pixel-upscaler'] as const;
const modelOf = (role: (typeof TRUSTED)[number], id: string = role): Model =>
  openModel(
    { id, file: `${role}.safetensors`, role, key: role },
    files.get(`${role}.safetensors`) ?? new Uint8Array(),
    NETWORKS,
  );

/** What a network's output becomes on a device that is not right; `graph` says for which input. */
type Fault = (values: Float32Array, graph: BuiltGraph) => Float32Array;

function computeWith(fault: Fault | null, change: Partial<Compute<CpuTensor>> = {}): Compute<CpuTensor> {
  function createSurface(): never {
    throw new Error('no canvas in Node');
  }
  const cpu = createCpuCompute(runtime, { createSurface, memoryShare: 1 });
  return {
    ...cpu,
    async createNetwork(graph) {
      const network = await cpu.createNetwork(graph);
      if (fault === null) return network;
      return {
        ...network,
        run: async (input) => {
          const output = await network.run(input);
          return { ...output, data: fault(output.data, graph) };
        },
      };
    },
    ...change,
  };
}

/** The device under test claims half precision and computes on the CPU, where both are one. */
const deviceOn = (compute: Compute<CpuTensor>): Device<CpuTensor> => ({
  compute,
  networks: createNetworkCache(compute, 'f32'),
  precision: 'f32',
});

async function verdict(model: Model, fault: Fault | null, change: Partial<Compute<CpuTensor>> = {}) {
  const call = startCall(new AbortController().signal, () => {});
  const found = await runTrustTest(
    deviceOn(computeWith(fault, change)),
    deviceOn(computeWith(null)),
    model,
    call,
  );
  expect(call.end()).toEqual([]);
  return found;
}

const widthOf = ({ input }: BuiltGraph): number => input.dims[3] as number;
const rounded: Fault = (values) =>
  values.map((value) => Math.fround(value * (1 + 0.004 * Math.sin(1e4 * value))));

describe('trust in half precision', () => {
  it.each(TRUSTED)('is earned by a device that rounds as half precision does: %s', async (role) => {
    expect(await verdict(modelOf(role), null)).toBeNull();
    expect(await verdict(modelOf(role), rounded)).toBeNull();
  });

  it.each([
    [
      'saturates without infinity',
      ((values) => values.map((v) => Math.max(-0.1, Math.min(0.1, v)))) as Fault,
      /% off at 8x8/,
    ],
    ['gives no numbers', ((values) => values.fill(Number.NaN)) as Fault, /no numbers at 8x8/],
    ['computes nothing', ((values) => values.fill(0)) as Fault, /100\.0 % off at 8x8/],
  ])('is refused to one that %s', async (_name, fault, why) => {
    for (const role of TRUSTED) {
      expect(await verdict(modelOf(role), fault)).toMatch(why);
    }
  });

  it('is refused to one that is right for small inputs and wrong for larger ones', async () => {
    const wrong: Fault = (values, graph) => (widthOf(graph) > 10 ? values.map((v) => 0.5 * v) : values);
    expect(await verdict(modelOf('upscaler'), wrong)).toMatch(/% off at 8x\d\d cells in f32/);
  });

  it.each(['decoder', 'upscaler', 'pixel-upscaler'] as const)(
    'is refused to one that cuts tiles at the wrong place: %s',
    async (role) => {
      const right = computeWith(null);
      const crop: Compute<CpuTensor>['crop'] = (tensor, rect) =>
        right.crop(tensor, { ...rect, x: Math.max(0, rect.x - 1) });
      expect(await verdict(modelOf(role), null, { crop })).toMatch(
        /% off at 8x\d\d (cells|pixels) in \d tiles/,
      );
    },
  );

  it('is refused in the words of what was run: an upscaler of pictures on pixels, others on cells', async () => {
    const nothing: Fault = (values) => values.fill(0);
    expect(await verdict(modelOf('pixel-upscaler'), nothing)).toMatch(/100\.0 % off at 8x8 pixels in f32$/);
    expect(await verdict(modelOf('upscaler'), nothing)).toMatch(/100\.0 % off at 8x8 cells in f32$/);
  });

  it('is measured against the largest value, and lost to a single value that is none', () => {
    expect(relativeDifference(Float32Array.of(0, 99), Float32Array.of(0, 100))).toBeCloseTo(0.01);
    expect(relativeDifference(Float32Array.of(0, Number.NaN), Float32Array.of(0, 1))).toBe(
      Number.POSITIVE_INFINITY,
    );
    expect(relativeDifference(Float32Array.of(1), Float32Array.of(1, 1))).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('a network on a device', () => {
  function cache() {
    const kept = new Map<string, Response>();
    return {
      match: async (key: RequestInfo | URL) => kept.get(String(key)),
      put: async (key: RequestInfo | URL, response: Response) => void kept.set(String(key), response),
    };
  }

  it('of a person is compared with the CPU, one of the release with the device itself, each once for a device', async () => {
    const storage = cache();
    let opened = 0;
    let made = 0;
    const gpu = computeWith(null);
    const counted: Compute<CpuTensor> = {
      ...gpu,
      createNetwork: (graph) => {
        made += 1;
        return gpu.createNetwork(graph);
      },
    };
    const examinerOn = (device: string) =>
      createExaminer({
        trust: createEarnedTrust({ modelsUrl: 'https://page.test/models/', openCache: async () => storage }),
        device,
        openCpu: async () => {
          opened += 1;
          return computeWith(null) as unknown as Compute;
        },
      });
    const half = () => ({ ...deviceOn(counted), precision: 'f16' }) as unknown as Device<never>;
    const call = startCall(new AbortController().signal, () => {});
    const own = modelOf('decoder', 'user:0123456789abcdef');
    const built = { ...modelOf('decoder'), key: 'built' };

    expect(await examinerOn('a GPU')(half() as never, own, call)).toBeNull();
    expect(opened).toBe(1);
    expect(await examinerOn('a GPU')(half() as never, own, call)).toBeNull();
    expect(opened, 'remembered between visits').toBe(1);
    const pixels = modelOf('pixel-upscaler', 'user:fedcba9876543210');
    expect(await examinerOn('a GPU')(half() as never, pixels, call)).toBeNull();
    expect(opened, 'an upscaler of pictures as any other').toBe(2);
    await examinerOn('another GPU')(half() as never, own, call);
    expect(opened, 'not for another device').toBe(3);
    made = 0;
    expect(await examinerOn('a GPU')(half() as never, built, call)).toBeNull();
    expect(opened).toBe(3);
    expect(made).toBeGreaterThan(0);
    call.end();
  });

  it('of a person that cannot be compared is not trusted, and the reason is told', async () => {
    const { AppError } = await import('../../src/core/errors.ts');
    const examine = createExaminer({
      trust: createEarnedTrust({ modelsUrl: 'https://page.test/models/', openCache: async () => null }),
      device: 'a GPU',
      openCpu: () => Promise.reject(new AppError('model/fetch', 'offline')),
    });
    const call = startCall(new AbortController().signal, () => {});
    const half = { ...deviceOn(computeWith(null)), precision: 'f16' } as unknown as Device<never>;
    expect(await examine(half as never, modelOf('decoder', 'user:0123456789abcdef'), call)).toMatch(
      /decoder\.safetensors could not be compared with the CPU \(offline\)/,
    );
  });
});
