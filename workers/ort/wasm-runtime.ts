import { createCpuSessions, type WasmRuntime } from './cpu-sessions.ts';

/**
 * The pure CPU build of onnxruntime-web. `wasmBinary` is the bytes of ort-wasm-simd-threaded.wasm, or null where the
 * runtime may find the file by itself (Node). More than one thread needs a cross-origin isolated page.
 *
 * The settings count only before the first session of a realm, and the heap never shrinks: to get memory back the worker
 * has to end (onnxruntime #21673).
 */
export async function createWasmRuntime(options: {
  readonly wasmBinary: ArrayBuffer | null;
  readonly threads: number;
}): Promise<WasmRuntime> {
  const ort = await import('onnxruntime-web/wasm');
  ort.env.logLevel = 'error';
  ort.env.wasm.numThreads = options.threads;
  if (options.wasmBinary !== null) ort.env.wasm.wasmBinary = options.wasmBinary;
  return createCpuSessions(ort);
}
