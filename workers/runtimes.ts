import type { OnBytes } from './load/fetch-bytes.ts';
import type { WasmRuntime } from './ort/cpu-sessions.ts';
import type { WebgpuRuntime } from './ort/webgpu-sessions.ts';

/** How a runtime is readied for a backend, once in the life of a worker. Throws model/fetch, model/integrity, engine/build. */
export interface Runtimes {
  wasm(options: RuntimeOptions & { readonly threads: number }): Promise<WasmRuntime>;
  /** Before the device is opened: `start` gives the sessions on it. */
  webgpu(options: RuntimeOptions): Promise<{ start(device: GPUDevice): Promise<WebgpuRuntime> }>;
}

export interface RuntimeOptions {
  readonly signal: AbortSignal;
  readonly onBytes: OnBytes;
}
