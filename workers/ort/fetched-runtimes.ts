import type { Parts } from '../load/fetch-bytes.ts';
import { fetchRuntime } from '../load/fetch-runtime.ts';
import type { RuntimeOptions, Runtimes } from '../runtimes.ts';
import { type RuntimeFile, WASM_FILE } from './runtime-files.ts';

/** A download that failed goes on where it ended. */
const parts: Parts = new Map();

function bytesOf(file: RuntimeFile, options: RuntimeOptions): Promise<ArrayBuffer> {
  return fetchRuntime({ ...file, url: new URL(file.url, import.meta.url).href }, { ...options, parts });
}

/** The page's own runtimes, whose binaries it fetches and checks itself. Dynamic imports: a visitor gets the one build that runs. */
export const fetchedRuntimes: Runtimes = {
  async wasm(options) {
    const [{ createWasmRuntime }, wasmBinary] = await Promise.all([
      import('./wasm-runtime.ts'),
      bytesOf(WASM_FILE, options),
      // On its way beside its binary.
      import('onnxruntime-web/wasm'),
    ]);
    return createWasmRuntime({ wasmBinary, threads: options.threads });
  },
  async webgpu(options) {
    const { webgpuBuild } = await import('./webgpu-build.ts');
    const build = webgpuBuild();
    const [{ createWebgpuRuntime }, ort, wasmBinary] = await Promise.all([
      import('./webgpu-runtime.ts'),
      build.load(),
      bytesOf(build.file, options),
    ]);
    return { start: async (device) => createWebgpuRuntime({ ort, wasmBinary, device }) };
  },
};
