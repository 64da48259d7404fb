import { readFileSync } from 'node:fs';
import { buildGraph } from '../src/core/graph/index.ts';
import type { WebgpuRuntime } from '../workers/ort/webgpu-sessions.ts';
import { networkOf } from './contenders.ts';
import type { CountingDevice } from './counting-device.ts';
import type { DeviceCounts } from './device-counter.ts';

/** What one network asks of a GPU for one picture. */
export interface NetworkWork extends DeviceCounts {
  readonly nodes: number;
  readonly multiplyAdds: number;
}

/** The binary of the build with WebGPU. */
export function readRuntime(): ArrayBuffer {
  const name = 'ort-wasm-simd-threaded.asyncify.wasm';
  const file = new URL(`../node_modules/onnxruntime-web/dist/${name}`, import.meta.url);
  return Uint8Array.from(readFileSync(file)).buffer;
}

/** The second run of a network for a latent of `side` cells, counted: the first one also uploads weights and makes pipelines. */
export async function countNetwork(
  runtime: WebgpuRuntime,
  { device, counts, reset }: CountingDevice,
  request: {
    readonly name: string;
    readonly side: number;
    readonly scale?: 2 | 4;
    readonly precision: 'f16' | 'f32';
  },
): Promise<{ readonly first: NetworkWork; readonly warm: NetworkWork }> {
  const { name, side, scale, precision } = request;
  const { description, state } = networkOf(name, true);
  const graph = buildGraph(description, state, {
    height: side,
    width: side,
    precision,
    ...(scale && { scale }),
  });
  const shared = { nodes: graph.nodeCount, multiplyAdds: graph.multiplyAdds };
  const size = 4 * graph.input.dims.reduce((all, one) => all * one, 1);
  const { STORAGE, COPY_SRC, COPY_DST } = GPUBufferUsage;
  const input = device.createBuffer({ size, usage: STORAGE | COPY_SRC | COPY_DST });
  reset();
  const session = await runtime.createSession(graph);
  async function run(): Promise<NetworkWork> {
    (await session.run(input)).release();
    const found = { ...counts(), ...shared };
    reset();
    return found;
  }
  const first = await run();
  const warm = await run();
  await session.release();
  input.destroy();
  return { first, warm };
}
