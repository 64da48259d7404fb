import { AppError } from '../../src/core/errors.ts';
import type { BuiltGraph } from '../../src/core/graph/index.ts';
import type { Ort } from './ort-module.ts';
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

/** Sessions on `device` of a runtime with the native WebGPU provider; see webgpu-runtime.ts for the rules it obeys. */
export function createWebgpuSessions(ort: Ort, device: GPUDevice): WebgpuRuntime {
  return {
    async createSession(graph) {
      const session = await ort.InferenceSession.create(graph.model, {
        executionProviders: [{ name: 'webgpu', device, preferredLayout: 'NHWC', validationMode: 'basic' }],
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
          if (output === undefined) {
            throw new AppError('engine/run', `The network gave no output "${graph.output.name}".`);
          }
          return { buffer: output.gpuBuffer, release: () => output.dispose() };
        },
        release: () => session.release(),
      };
    },
  };
}
