import webgpuUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import type { Backend } from '../../src/contract/engine.ts';

/**
 * The binary each build of the runtime needs. The page fetches it itself, for progress and for its store; the bundler puts
 * the same file where the runtime's own `new URL` points, so it is shipped once. Sizes are those of 1.30.0.
 */
export const RUNTIME_FILES: Readonly<Record<Backend, { readonly url: string; readonly sizeBytes: number }>> =
  {
    wasm: { url: wasmUrl, sizeBytes: 14_239_897 },
    webgpu: { url: webgpuUrl, sizeBytes: 26_781_914 },
  };
