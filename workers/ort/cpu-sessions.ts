import type { BuiltGraph } from '../../src/core/graph/index.ts';
import type { Ort } from './ort-module.ts';
import { runtimeError } from './run-error.ts';

/** A session of the CPU build: one static shape, float32 in and out. */
export interface WasmSession {
  run(input: Float32Array): Promise<Float32Array>;
  release(): Promise<void>;
}

export interface WasmRuntime {
  createSession(graph: BuiltGraph): Promise<WasmSession>;
}

/** CPU sessions of a runtime that is already there: the web builds call their CPU provider "wasm", the Node build "cpu". */
export function createCpuSessions(ort: Ort): WasmRuntime {
  const provider = ort.env.versions.node === undefined ? 'wasm' : 'cpu';
  return {
    async createSession(graph) {
      const session = await ort.InferenceSession.create(graph.model, {
        executionProviders: [provider],
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
