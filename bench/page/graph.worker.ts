import { openDevice } from '../../workers/gpu/device.ts';
import { WASM_FILE } from '../../workers/ort/runtime-files.ts';
import { createWasmRuntime } from '../../workers/ort/wasm-runtime.ts';
import { webgpuBuild } from '../../workers/ort/webgpu-build.ts';
import { createWebgpuRuntime } from '../../workers/ort/webgpu-runtime.ts';

/** A graph at an address of this server, on the bare runtime. A session is kept until `key` changes its graph. */
export interface GraphTask {
  readonly backend: 'webgpu' | 'wasm';
  readonly threads: number;
  readonly url: string;
  readonly input: { readonly name: string; readonly dims: readonly number[] };
  readonly output: { readonly name: string; readonly dims: readonly number[] };
  /** Runs in a row, timed as one. */
  readonly repeats: number;
}

export interface GraphRun {
  /** 0 where the session was there already. */
  readonly createMs: number;
  /** Of one run, until the device is done. */
  readonly runMs: number;
}

interface Opened {
  readonly createMs: number;
  run(): Promise<void>;
}

const sizeOf = (dims: readonly number[]): number => dims.reduce((product, side) => product * side, 1);

const graphOf = async ({ url, input, output }: GraphTask) => ({
  model: new Uint8Array(await (await fetch(url)).arrayBuffer()),
  externalData: [],
  input,
  output,
  nodeCount: 0,
  peakActivationBytes: 0,
  multiplyAdds: 0,
});

const bytesOf = async (url: string): Promise<ArrayBuffer> =>
  (await fetch(new URL(url, import.meta.url))).arrayBuffer();

const valuesFor = (task: GraphTask): Float32Array<ArrayBuffer> =>
  new Float32Array(sizeOf(task.input.dims)).map((_, i) => Math.sin(i * 1.7));

let wasm: ReturnType<typeof createWasmRuntime> | null = null;

async function openOnCpu(task: GraphTask): Promise<Opened> {
  wasm ??= bytesOf(WASM_FILE.url).then((wasmBinary) =>
    createWasmRuntime({ wasmBinary, threads: task.threads }),
  );
  const [runtime, graph] = [await wasm, await graphOf(task)];
  const start = performance.now();
  const session = await runtime.createSession(graph);
  const values = valuesFor(task);
  return { createMs: performance.now() - start, run: async () => void (await session.run(values)) };
}

async function startGpu() {
  const build = webgpuBuild();
  const [opened, ort, wasmBinary] = [await openDevice(), await build.load(), await bytesOf(build.file.url)];
  return { opened, runtime: createWebgpuRuntime({ ort, wasmBinary, device: opened.device }) };
}

let gpu: ReturnType<typeof startGpu> | null = null;

async function openOnGpu(task: GraphTask): Promise<Opened> {
  gpu ??= startGpu();
  const { opened, runtime } = await gpu;
  const graph = await graphOf(task);
  const start = performance.now();
  const session = await runtime.createSession(graph);
  const createMs = performance.now() - start;
  const values = valuesFor(task);
  const { STORAGE, COPY_SRC, COPY_DST } = GPUBufferUsage;
  const size = Math.max(16, Math.ceil(values.byteLength / 16) * 16);
  const buffer = opened.device.createBuffer({ size, usage: STORAGE | COPY_SRC | COPY_DST });
  opened.device.queue.writeBuffer(buffer, 0, values);
  return {
    createMs,
    async run() {
      (await session.run(buffer)).release();
      await opened.done();
    },
  };
}

const sessions = new Map<string, Opened>();

async function perform(task: GraphTask): Promise<GraphRun> {
  let createMs = 0;
  let opened = sessions.get(task.url);
  if (opened === undefined) {
    opened = await (task.backend === 'webgpu' ? openOnGpu(task) : openOnCpu(task));
    createMs = opened.createMs;
    sessions.set(task.url, opened);
  }
  const start = performance.now();
  for (let i = 0; i < task.repeats; i += 1) await opened.run();
  return { createMs, runMs: (performance.now() - start) / task.repeats };
}

self.onmessage = ({ data }: MessageEvent<GraphTask>) => {
  perform(data).then(
    (run) => self.postMessage(run),
    (error: unknown) => self.postMessage({ error: error instanceof Error ? error.message : String(error) }),
  );
};
