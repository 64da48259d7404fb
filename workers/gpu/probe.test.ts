import { afterEach, describe, expect, it, vi } from 'vitest';
import type { AdapterReport } from '../../src/contract/engine.ts';
import { openDevice } from './device.ts';
import { chooseBackend, probeDevice, reportAdapter, threadsFor } from './probe.ts';

const adapter: AdapterReport = {
  vendor: 'acme',
  architecture: 'fast',
  device: '',
  description: '',
  isSoftware: false,
  maxBufferBytes: 1,
  maxBindingBytes: 1,
};

describe('chooseBackend', () => {
  it.each([
    ['auto', adapter, 'webgpu', 'gpu', 'acme fast'],
    ['auto', { ...adapter, isSoftware: true }, 'wasm', 'gpu-emulated', 'software'],
    ['auto', 'none', 'wasm', 'gpu-none', 'no GPU'],
    ['auto', 'silent', 'wasm', 'gpu-silent', 'did not answer within 5 s'],
    ['webgpu', { ...adapter, isSoftware: true }, 'webgpu', 'gpu-asked', 'asked for'],
    ['webgpu', 'none', 'wasm', 'gpu-none', 'asked for, but'],
    ['wasm', adapter, 'wasm', 'cpu-asked', 'asked for'],
  ] as const)('for %s with %o takes %s and says why', (wanted, found, backend, cause, why) => {
    const choice = chooseBackend(wanted, found);
    expect(choice).toMatchObject({ backend, cause });
    expect(choice.reason).toContain(why);
  });
});

describe('reportAdapter', () => {
  const gpuAdapter = (info: Partial<GPUAdapterInfo>): GPUAdapter =>
    ({
      info: { vendor: '', architecture: '', device: '', description: '', ...info },
      limits: { maxBufferSize: 5, maxStorageBufferBindingSize: 4 },
    }) as GPUAdapter;

  it.each([
    [{ vendor: 'google', architecture: 'swiftshader' }, true],
    [{ vendor: 'mesa', description: 'llvmpipe (LLVM 15)' }, true],
    [{ vendor: 'nvidia', architecture: 'hopper', isFallbackAdapter: true }, true],
    [{ vendor: 'nvidia', architecture: 'hopper', isFallbackAdapter: false }, false],
  ])('%o is software: %s', (info, isSoftware) => {
    expect(reportAdapter(gpuAdapter(info)).isSoftware).toBe(isSoftware);
  });

  it('is told of an imitation by browsers that say so on the adapter', () => {
    const older = Object.assign(gpuAdapter({}), { isFallbackAdapter: true });
    expect(reportAdapter(older).isSoftware).toBe(true);
  });
});

describe('threadsFor', () => {
  it.each([
    [false, 16, 1],
    [true, 1, 1],
    [true, 2, 2],
    [true, 4, 3],
    [true, 64, 8],
  ])('isolated %s with %i cores: %i', (isIsolated, cores, threads) => {
    expect(threadsFor(isIsolated, cores)).toBe(threads);
  });
});

describe('a browser whose GPU does not answer', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  /** Browsers whose `requestAdapter` does what is said here; gives how often it was asked. */
  function browser(requestAdapter: () => unknown): { asked: number } {
    const seen = { asked: 0 };
    function ask(): unknown {
      seen.asked += 1;
      return requestAdapter();
    }
    vi.stubGlobal('navigator', { gpu: { requestAdapter: ask }, hardwareConcurrency: 4 });
    return seen;
  }
  const never = (): Promise<never> => new Promise(() => {});

  it('is given up after 5 seconds for the CPU', async () => {
    vi.useFakeTimers();
    browser(never);
    const probing = probeDevice('auto', 1);
    await vi.advanceTimersByTimeAsync(5000);
    expect(await probing).toMatchObject({
      backend: 'wasm',
      adapter: null,
      reason: expect.stringContaining('did not answer'),
    });
  });

  it.each(['auto', 'webgpu'] as const)(
    'or fails as soon as it is asked, is none: for %s the CPU is used',
    async (wanted) => {
      browser(() => {
        throw new Error('blocked');
      });
      expect(await probeDevice(wanted, 1)).toMatchObject({ backend: 'wasm', adapter: null });
      browser(() => Promise.reject(new Error('blocked')));
      expect(await probeDevice(wanted, 1)).toMatchObject({ backend: 'wasm', adapter: null });
    },
  );

  it('is not asked where the CPU was asked for', async () => {
    const seen = browser(never);
    expect(await probeDevice('wasm', 1)).toMatchObject({ backend: 'wasm', reason: 'The CPU was asked for.' });
    expect(seen.asked).toBe(0);
  });

  it('with its device is an error that says so, and not a wait', async () => {
    vi.useFakeTimers();
    browser(async () => ({ features: new Set(), limits: {}, info: {}, requestDevice: never }));
    const opening = openDevice().catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await opening).toMatchObject({
      code: 'gpu/unavailable',
      message: expect.stringContaining('did not answer within 20 s'),
    });
  });
});
