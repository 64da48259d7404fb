import type { BuiltGraph } from '../../src/core/graph/index.ts';
import { runtimeError } from './run-error.ts';

/** A session of the CPU build: one static shape, float32 in and out. */
export interface WasmSession {
  run(input: Float32Array): Promise<Float32Array>;
  release(): Promise<void>;
}

export interface WasmRuntime {
  createSession(graph: BuiltGraph): Promise<WasmSession>;
}

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

  return {
    async createSession(graph) {
      const session = await ort.InferenceSession.create(graph.model, {
        executionProviders: ['wasm'],
        graphOptimizationLevel: 'all',
        // Without an arena a resting session holds its weights only, and one heap serves the sizes in turn; it costs no time.
        enableCpuMemArena: false,
        externalData: graph.externalData.map(({ path, data }) => ({ path, data })),
      }).catch((cause: unknown) => {
        throw runtimeError('engine/build', 'preparing the network', cause);
      });
      return {
        async run(input) {
          const feed = new ort.Tensor('float32', input, [...graph.input.dims]);
          const results = await session.run({ [graph.input.name]: feed }).catch((cause: unknown) => {
            throw runtimeError('engine/run', 'running the network', cause);
          });
          return results[graph.output.name]?.data as Float32Array;
        },
        release: () => session.release(),
      };
    },
  };
}
