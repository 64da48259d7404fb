import { type BuiltGraph, GraphBuilder } from '../../src/core/graph/graph-builder.ts';
import { createCpuSessions, type WasmRuntime } from './cpu-sessions.ts';

/** A graph of nothing: for its session the runtime compiles its binary and starts its threads, while the first network is still fetched. */
function nothing(): BuiltGraph {
  const b = new GraphBuilder('f32');
  return b.finish(b.node('Identity', [b.input('x', [1])], { dims: [1], type: 'f32' }), 'y');
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
  const sessions = createCpuSessions(ort);
  // Where that fails, so does the first network, which has the words for it.
  const started = sessions
    .createSession(nothing())
    .then((session) => session.release())
    .catch(() => {});
  return {
    async createSession(graph) {
      await started;
      return sessions.createSession(graph);
    },
  };
}
