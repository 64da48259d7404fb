import type { AdapterReport, Backend, DeviceReport } from '../../src/contract/engine.ts';

/** Names by which software adapters give themselves away where `isFallbackAdapter` does not exist or does not say so. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|basic render|software/i;

/** The fast adapter, or null where there is none (no WebGPU, no secure origin, blocked driver). */
export async function requestAdapter(): Promise<GPUAdapter | null> {
  // Absent in browsers without WebGPU, and in workers of some that have it on the page.
  const gpu: GPU | undefined = navigator.gpu;
  return gpu === undefined
    ? null
    : gpu.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null);
}

export function reportAdapter({ info, limits }: GPUAdapter): AdapterReport {
  const { vendor, architecture, device, description } = info;
  return {
    vendor,
    architecture,
    device,
    description,
    isSoftware:
      info.isFallbackAdapter === true || SOFTWARE.test([vendor, architecture, device, description].join(' ')),
    maxBufferBytes: limits.maxBufferSize,
    maxBindingBytes: limits.maxStorageBufferBindingSize,
  };
}

/** The backend for `wanted`, and why, in one sentence. */
export function chooseBackend(
  wanted: Backend | 'auto',
  adapter: AdapterReport | null,
): { readonly backend: Backend; readonly reason: string } {
  const name =
    adapter?.description || [adapter?.vendor, adapter?.architecture].filter(Boolean).join(' ') || 'a GPU';
  if (wanted === 'wasm') return { backend: 'wasm', reason: 'The CPU was asked for.' };
  if (adapter === null)
    return {
      backend: 'wasm',
      reason: `${wanted === 'webgpu' ? 'WebGPU was asked for, but this' : 'This'} browser offers no GPU through WebGPU, so the CPU is used.`,
    };
  if (wanted === 'webgpu') return { backend: 'webgpu', reason: `WebGPU on ${name} was asked for.` };
  return adapter.isSoftware
    ? { backend: 'wasm', reason: `The only GPU here, ${name}, is emulated in software; the CPU is faster.` }
    : { backend: 'webgpu', reason: `WebGPU on ${name}.` };
}

/** Threads for the CPU build: most of the cores, since convolutions scale, but one is left to the page on larger machines. */
export const threadsFor = (isIsolated: boolean, cores: number): number =>
  isIsolated ? Math.max(1, Math.min(8, cores <= 2 ? cores : cores - 1)) : 1;

/** What this worker's machine offers and what would be used for `wanted`. */
export async function probeDevice(wanted: Backend | 'auto'): Promise<DeviceReport> {
  const adapter = await requestAdapter();
  const report = adapter === null ? null : reportAdapter(adapter);
  const isCrossOriginIsolated = globalThis.crossOriginIsolated === true;
  return {
    adapter: report,
    hasShaderF16: adapter?.features.has('shader-f16') ?? false,
    isCrossOriginIsolated,
    threads: threadsFor(isCrossOriginIsolated, navigator.hardwareConcurrency),
    ...chooseBackend(wanted, report),
  };
}
