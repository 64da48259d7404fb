// npx tsx bench/graph-vs-export.ts WEIGHTS.safetensors EXPORT.onnx SIZE SCALE
// Session creation and run time of our LUA graph against a torch.onnx export of the same weights (graph_vs_export.py),
// alternating on the WASM runtime in Node, one thread; medians of CPU time.
import { readFile } from 'node:fs/promises';
import * as ort from 'onnxruntime-web/wasm';
import { PbfReader } from 'pbf';
import { readTensorFile } from '../src/core/containers/index.ts';
import { buildGraph } from '../src/core/graph/index.ts';
import { recogniseModel } from '../src/core/networks/recognise.ts';

const ROUNDS = 7;
ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';

/** Nodes of a model: field 7 is the graph, whose field 1 repeats a node. */
function countNodes(model: Uint8Array): number {
  let nodes = 0;
  new PbfReader(model).readFields((tag, _none, pbf) => {
    if (tag !== 7) return;
    pbf.readMessage((inner) => {
      if (inner === 1) nodes++;
    }, null);
  }, null);
  return nodes;
}

/** CPU time of the process: the runtime has one thread here, and other work on the machine must not count. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const median = (values: readonly number[]): number =>
  Math.round([...values].sort((p, q) => p - q)[values.length >> 1] ?? Number.NaN);

const [weights = '', exported = '', size = '32', factor = '2'] = process.argv.slice(2);
const scale = factor === '4' ? 4 : 2;
const { tensors } = readTensorFile(new Uint8Array(await readFile(weights)), weights);
const [description] = recogniseModel(tensors);
if (!description) throw new Error(`${weights} holds no network`);
const side = Number(size);
const dims = [1, description.channels, side, side];
const latent = new Float32Array(description.channels * side * side).map((_, i) => Math.sin(i * 1.7));

const build = (): Uint8Array =>
  buildGraph(description, tensors, { height: side, width: side, precision: 'f32', scale }).model;
const foreign = new Uint8Array(await readFile(exported));
const contenders = [
  {
    name: 'ours',
    model: build,
    buildCpuMs: [] as number[],
    createCpuMs: [] as number[],
    runCpuMs: [] as number[],
  },
  {
    name: 'torch.onnx',
    model: () => foreign,
    buildCpuMs: [] as number[],
    createCpuMs: [] as number[],
    runCpuMs: [] as number[],
  },
];

const outputs = new Map<string, Float32Array>();
for (let round = 0; round <= ROUNDS; round++) {
  for (const contender of contenders) {
    const started = cpuMs();
    const model = contender.model();
    const built = cpuMs();
    const session = await ort.InferenceSession.create(model, { executionProviders: ['wasm'] });
    const created = cpuMs();
    const result = await session.run({ latent: new ort.Tensor('float32', latent, dims) });
    const ran = cpuMs();
    outputs.set(contender.name, result['upscaled']?.data as Float32Array);
    await session.release();
    if (round === 0) continue; // compiles the runtime itself
    contender.buildCpuMs.push(built - started);
    contender.createCpuMs.push(created - built);
    contender.runCpuMs.push(ran - created);
  }
}

const [ours, theirs] = [outputs.get('ours'), outputs.get('torch.onnx')];
console.log(
  JSON.stringify({
    size: side,
    scale,
    rounds: ROUNDS,
    maxDifference: ours?.reduce(
      (worst, value, i) => Math.max(worst, Math.abs(value - (theirs?.[i] ?? Number.NaN))),
      0,
    ),
    contenders: contenders.map(({ name, model, buildCpuMs, createCpuMs, runCpuMs }) => ({
      name,
      nodes: countNodes(model()),
      modelMB: Math.round(model().length / 1e5) / 10,
      buildCpuMs: median(buildCpuMs),
      createCpuMs: median(createCpuMs),
      runCpuMs: median(runCpuMs),
    })),
  }),
);
