import { describe, expect, it } from 'vitest';
import type { AdapterReport } from '../../src/contract/engine.ts';
import { chooseBackend, reportAdapter, threadsFor } from './probe.ts';

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
    ['auto', adapter, 'webgpu', 'acme fast'],
    ['auto', { ...adapter, isSoftware: true }, 'wasm', 'software'],
    ['auto', null, 'wasm', 'no GPU'],
    ['webgpu', { ...adapter, isSoftware: true }, 'webgpu', 'asked for'],
    ['webgpu', null, 'wasm', 'asked for, but'],
    ['wasm', adapter, 'wasm', 'asked for'],
  ] as const)('for %s with %o takes %s and says why', (wanted, found, backend, why) => {
    const choice = chooseBackend(wanted, found);
    expect(choice.backend).toBe(backend);
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
