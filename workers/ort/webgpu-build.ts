import { RUNTIME_FILES, type RuntimeFile } from './runtime-files.ts';

/** Both builds with the native WebGPU provider have the same types. */
export type WebgpuOrt = typeof import('onnxruntime-web/webgpu');

/** A build of the runtime for WebGPU: its binary, and its script once it is asked for. */
export interface WebgpuBuild {
  readonly file: RuntimeFile;
  load(): Promise<WebgpuOrt>;
}

const JSPI: WebgpuBuild = { file: RUNTIME_FILES.jspi, load: () => import('onnxruntime-web/jspi') };
const ASYNCIFY: WebgpuBuild = { file: RUNTIME_FILES.asyncify, load: () => import('onnxruntime-web/webgpu') };

/**
 * The smaller build where the browser lets compiled code wait for a promise (JavaScript Promise Integration: Chromium from
 * 137), else the one whose code is instrumented to do so itself.
 */
export const webgpuBuild = (realm: { readonly WebAssembly: object } = globalThis): WebgpuBuild =>
  'Suspending' in realm.WebAssembly ? JSPI : ASYNCIFY;
