import type { Backend } from '../../src/contract/engine.ts';
import type { Parts } from '../load/fetch-bytes.ts';
import { fetchRuntime } from '../load/fetch-runtime.ts';
import type { RuntimeOptions, Runtimes } from '../runtimes.ts';
import { RUNTIME_FILES } from './runtime-files.ts';

/** A download that failed goes on where it ended. */
const parts: Parts = new Map();

function bytesOf(backend: Backend, options: RuntimeOptions): Promise<ArrayBuffer> {
  const file = RUNTIME_FILES[backend];
  return fetchRuntime({ ...file, url: new URL(file.url, import.meta.url).href }, { ...options, parts });
}

/** The page's own runtimes, whose binaries it fetches and checks itself. Two dynamic imports: a visitor gets the one build that runs. */
export const fetchedRuntimes: Runtimes = {
  async wasm(options) {
    const [{ createWasmRuntime }, wasmBinary] = await Promise.all([
      import('./wasm-runtime.ts'),
      bytesOf('wasm', options),
    ]);
    return createWasmRuntime({ wasmBinary, threads: options.threads });
  },
  async webgpu(options) {
    const [{ createWebgpuRuntime }, wasmBinary] = await Promise.all([
      import('./webgpu-runtime.ts'),
      bytesOf('webgpu', options),
    ]);
    return { start: (device) => createWebgpuRuntime({ wasmBinary, device }) };
  },
};
