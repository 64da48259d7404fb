import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';

/**
 * A binary of the runtime, and what its bytes must be. The page fetches it itself, for progress and for its store; the bundler
 * puts the same file where the runtime's own `new URL` points, so it is shipped once. Sizes and hashes are those of 1.30.0.
 */
export interface RuntimeFile {
  readonly url: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** Of the build for the CPU; those for WebGPU stand in webgpu-build.ts, which most first visitors do without. */
export const WASM_FILE: RuntimeFile = {
  url: wasmUrl,
  sizeBytes: 14_239_897,
  sha256: '3398c10d07d229bd91b364548e130e0e51a8e5704b88c7c083ebbeb78842dee2',
};
