import type { WebgpuOrt } from './webgpu-build.ts';
import { createWebgpuSessions, type WebgpuRuntime } from './webgpu-sessions.ts';

/**
 * onnxruntime-web's native WebGPU provider on our own device. `wasmBinary` is the binary of that build of `ort`
 * (webgpu-build.ts).
 *
 * Rules that this obeys: provider options are read from the object form only; every session of a device gets the same ones;
 * `create` and `run` are not re-entrant (the engine's queue sees to it), and a `create` that fails while it fetches external
 * data blocks all later ones, so bytes are passed, never addresses. With a GPU output, `run` resolves after submission.
 */
export function createWebgpuRuntime(options: {
  readonly ort: WebgpuOrt;
  readonly wasmBinary: ArrayBuffer;
  readonly device: GPUDevice;
}): WebgpuRuntime {
  const { ort } = options;
  ort.env.logLevel = 'error';
  // All the work is on the GPU, and threads would need a cross-origin isolated page.
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmBinary = options.wasmBinary;
  return createWebgpuSessions(ort, options.device);
}
