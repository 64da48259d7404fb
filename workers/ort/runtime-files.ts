import asyncifyUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import jspiUrl from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';

/** A binary of the runtime, and what its bytes must be. */
export interface RuntimeFile {
  readonly url: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/**
 * The runtime's builds: for the CPU, and two for WebGPU. These differ in how compiled code waits for the GPU: by the browser
 * (JSPI, a third smaller), or by instrumented code (Asyncify) where the browser cannot.
 */
export type RuntimeBuild = 'wasm' | 'jspi' | 'asyncify';

/**
 * The binary each build of the runtime needs. The page fetches it itself, for progress and for its store; the bundler puts
 * the same file where the runtime's own `new URL` points, so it is shipped once. Sizes and hashes are those of 1.30.0.
 */
export const RUNTIME_FILES: Readonly<Record<RuntimeBuild, RuntimeFile>> = {
  wasm: {
    url: wasmUrl,
    sizeBytes: 14_239_897,
    sha256: '3398c10d07d229bd91b364548e130e0e51a8e5704b88c7c083ebbeb78842dee2',
  },
  jspi: {
    url: jspiUrl,
    sizeBytes: 16_758_545,
    sha256: 'a54c76f86b0f0d9572380cf1c6292a7b3903716ffcbcd6b0e5c7050bf430eb93',
  },
  asyncify: {
    url: asyncifyUrl,
    sizeBytes: 26_781_914,
    sha256: '39f9f0894d478800487ed9f7dbe92618498db320cf55c8e3d89adff8dce658da',
  },
};
