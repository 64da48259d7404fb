import asyncifyUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import jspiUrl from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url';
import type { RuntimeFile } from './runtime-files.ts';

/** Both builds with the native WebGPU provider have the same types. */
export type WebgpuOrt = typeof import('onnxruntime-web/webgpu');

/** A build of the runtime for WebGPU: its binary, and its script once it is asked for. */
export interface WebgpuBuild {
  readonly file: RuntimeFile;
  load(): Promise<WebgpuOrt>;
}

/** Compiled code waits for the GPU by the browser's own means (JavaScript Promise Integration: Chromium from 137). */
export const JSPI: WebgpuBuild = {
  file: {
    url: jspiUrl,
    sizeBytes: 16_758_545,
    sha256: 'a54c76f86b0f0d9572380cf1c6292a7b3903716ffcbcd6b0e5c7050bf430eb93',
  },
  load: () => import('onnxruntime-web/jspi'),
};

/** Compiled code is instrumented so that it can wait. */
export const ASYNCIFY: WebgpuBuild = {
  file: {
    url: asyncifyUrl,
    sizeBytes: 26_781_914,
    sha256: '39f9f0894d478800487ed9f7dbe92618498db320cf55c8e3d89adff8dce658da',
  },
  load: () => import('onnxruntime-web/webgpu'),
};

/** The smaller build where the browser can run it. */
export const webgpuBuild = (realm: { readonly WebAssembly: object } = globalThis): WebgpuBuild =>
  'Suspending' in realm.WebAssembly ? JSPI : ASYNCIFY;
