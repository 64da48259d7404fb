import type { AdapterReport, Backend, DeviceReport } from '../../src/contract/engine.ts';
import { isSoftwareAdapter } from '../../src/core/software-adapter.ts';
import { within } from '../../src/core/within.ts';

/** An adapter is a lookup in a list: a browser that has not answered by then has a GPU process that hangs. */
const ADAPTER_MS = 5000;

/**
 * The fast adapter; `none` where there is none (no WebGPU, no secure origin, blocked driver), `silent` where the browser does not
 * answer within 5 s.
 */
export async function requestAdapter(): Promise<GPUAdapter | 'none' | 'silent'> {
  try {
    // Absent in browsers without WebGPU, and in workers of some that have it on the page.
    const gpu: GPU | undefined = navigator.gpu;
    if (gpu === undefined) return 'none';
    const asked = gpu.requestAdapter({ powerPreference: 'high-performance' });
    return (await within(asked, ADAPTER_MS, () => 'silent' as const)) ?? 'none';
  } catch {
    return 'none';
  }
}

export function reportAdapter(adapter: Pick<GPUAdapter, 'info' | 'limits'>): AdapterReport {
  const { info, limits } = adapter;
  // It stood on the adapter itself before it moved to its info.
  const { isFallbackAdapter = false } = adapter as { readonly isFallbackAdapter?: boolean };
  const { vendor, architecture, device, description } = info;
  return {
    vendor,
    architecture,
    device,
    description,
    isSoftware: isFallbackAdapter || isSoftwareAdapter(info),
    maxBufferBytes: limits.maxBufferSize,
    maxBindingBytes: limits.maxStorageBufferBindingSize,
  };
}

/** True for an adapter that says nothing of itself, as Firefox has it: it may be a GPU or an imitation of one. */
export const isNameless = ({ vendor, architecture, device, description }: AdapterReport): boolean =>
  [vendor, architecture, device, description].every((text) => text === '');

/** The backend for `wanted`, and why, in one sentence. */
export function chooseBackend(
  wanted: Backend | 'auto',
  adapter: AdapterReport | 'none' | 'silent',
): Pick<DeviceReport, 'backend' | 'cause' | 'reason'> {
  if (wanted === 'wasm') return { backend: 'wasm', cause: 'cpu-asked', reason: 'The CPU was asked for.' };
  if (adapter === 'silent') {
    return {
      backend: 'wasm',
      cause: 'gpu-silent',
      reason: `The browser did not answer within ${ADAPTER_MS / 1000} s when asked for its GPU, so the CPU is used.`,
    };
  }
  if (adapter === 'none') {
    return {
      backend: 'wasm',
      cause: 'gpu-none',
      reason: `${wanted === 'webgpu' ? 'WebGPU was asked for, but this' : 'This'} browser offers no GPU through WebGPU, so the CPU is used.`,
    };
  }
  const name =
    adapter.description || [adapter.vendor, adapter.architecture].filter(Boolean).join(' ') || 'a GPU';
  if (wanted === 'webgpu') {
    return { backend: 'webgpu', cause: 'gpu-asked', reason: `WebGPU on ${name} was asked for.` };
  }
  if (!adapter.isSoftware) return { backend: 'webgpu', cause: 'gpu', reason: `WebGPU on ${name}.` };
  const reason = `The only GPU here, ${name}, is emulated in software; the CPU is faster.`;
  return { backend: 'wasm', cause: 'gpu-emulated', reason };
}

/** Threads for the CPU build: most of the cores, since convolutions scale, but one is left to the page on larger machines. */
export const threadsFor = (isIsolated: boolean, cores: number): number =>
  isIsolated ? Math.max(1, Math.min(8, cores <= 2 ? cores : cores - 1)) : 1;

/** What this worker's machine offers and what would be used for `wanted`, with `threads` on the CPU; the GPU is not touched where the CPU was asked for. */
export async function probeDevice(wanted: Backend | 'auto', threads: number): Promise<DeviceReport> {
  const found = wanted === 'wasm' ? 'none' : await requestAdapter();
  const adapter = typeof found === 'string' ? null : found;
  const report = adapter === null ? null : reportAdapter(adapter);
  return {
    adapter: report,
    hasShaderF16: adapter?.features.has('shader-f16') ?? false,
    isCrossOriginIsolated: globalThis.crossOriginIsolated === true,
    threads,
    ...chooseBackend(wanted, report ?? (found === 'silent' ? 'silent' : 'none')),
  };
}
