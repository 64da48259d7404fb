import { AppError } from '../../src/core/errors.ts';
import type { BuiltGraph } from '../../src/core/graph/index.ts';
import { runtimeError } from './run-error.ts';

/** A session on the GPU: one static shape, float32 buffers in and out, nothing read back. */
export interface WebgpuSession {
  /** `input` stays the caller's; `release` gives the output's buffer back to the runtime. */
  run(input: GPUBuffer): Promise<{ readonly buffer: GPUBuffer; release(): void }>;
  release(): Promise<void>;
}

export interface WebgpuRuntime {
  createSession(graph: BuiltGraph): Promise<WebgpuSession>;
}

/**
 * onnxruntime-web's native WebGPU provider on our own device. `wasmBinary` is ort-wasm-simd-threaded.asyncify.wasm.
 *
 * Rules that this obeys: provider options are read from the object form only; every session of a device gets the same ones;
 * `create` and `run` are not re-entrant (the engine's queue sees to it), and a `create` that fails while it fetches external
 * data blocks all later ones, so bytes are passed, never addresses. With a GPU output, `run` resolves after submission.
 */
export async function createWebgpuRuntime(options: {
  readonly wasmBinary: ArrayBuffer;
  readonly device: GPUDevice;
}): Promise<WebgpuRuntime> {
  const ort = await import('onnxruntime-web/webgpu');
  ort.env.logLevel = 'error';
  // All the work is on the GPU, and threads would need a cross-origin isolated page.
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmBinary = options.wasmBinary;

  return {
    async createSession(graph) {
      const session = await ort.InferenceSession.create(graph.model, {
        executionProviders: [
          { name: 'webgpu', device: options.device, preferredLayout: 'NHWC', validationMode: 'basic' },
        ],
        graphOptimizationLevel: 'all',
        preferredOutputLocation: 'gpu-buffer',
        externalData: graph.externalData.map(({ path, data }) => ({ path, data })),
      }).catch((cause: unknown) => {
        throw runtimeError('engine/build', 'preparing the network for the GPU', cause);
      });
      return {
        async run(buffer) {
          const dims = [...graph.input.dims];
          const feed = ort.Tensor.fromGpuBuffer(buffer, { dataType: 'float32', dims });
          const results = await session.run({ [graph.input.name]: feed }).catch((cause: unknown) => {
            throw runtimeError('engine/run', 'running the network on the GPU', cause);
          });
          const output = results[graph.output.name];
          if (output === undefined)
            throw new AppError('engine/run', `The network gave no output "${graph.output.name}".`);
          return { buffer: output.gpuBuffer, release: () => output.dispose() };
        },
        release: () => session.release(),
      };
    },
  };
}
