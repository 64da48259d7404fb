// npx tsx bench/graph-release.ts [lua|flux1]: networks of published size (noise for weights) through recognition, graph,
// session and one run on the WASM runtime in Node, with times and memory.
import * as ort from 'onnxruntime-web/wasm';
import { buildGraph, estimateMemory, type GraphRequest } from '../src/core/graph/index.ts';
import { recogniseModel } from '../src/core/networks/recognise.ts';
import { flux1Decoder, luaRelease, noisy, type Shapes } from './shapes.ts';

const megabytes = (bytes: number): number => Math.round(bytes / 1e5) / 10;
const residentMB = (): number => megabytes(process.memoryUsage().rss);

async function measure(name: string, shapes: Shapes, request: GraphRequest): Promise<void> {
  // CPU time of the process: the runtime has one thread here, and other work on the machine must not count.
  let at = process.cpuUsage();
  function lap(): number {
    const { user, system } = process.cpuUsage(at);
    at = process.cpuUsage();
    return Math.round((user + system) / 1000);
  }
  const state = noisy(shapes);
  lap();
  const residentBeforeMB = residentMB();
  const [description] = recogniseModel(state);
  const recogniseCpuMs = lap();
  if (!description) return;
  const estimate = estimateMemory(description, state, request);
  lap();
  const graph = buildGraph(description, state, request);
  const buildCpuMs = lap();
  const session = await ort.InferenceSession.create(graph.model, {
    executionProviders: ['wasm'],
    externalData: [...graph.externalData],
  });
  const createCpuMs = lap();
  const residentCreatedMB = residentMB();
  const input = new Float32Array(graph.input.dims.reduce((product, side) => product * side, 1)).map((_, i) =>
    Math.sin(i),
  );
  lap();
  const results = await session.run({
    [graph.input.name]: new ort.Tensor('float32', input, [...graph.input.dims]),
  });
  const runCpuMs = lap();
  const output = results[graph.output.name]?.data as Float32Array;
  console.log(
    JSON.stringify({
      name,
      title: description.title,
      parameters: description.parameters,
      request,
      nodes: graph.nodeCount,
      protobufMB: megabytes(graph.model.length),
      externalMB: megabytes(graph.externalData.reduce((sum, { data }) => sum + data.length, 0)),
      estimateMB: megabytes(estimate.totalBytes),
      recogniseCpuMs,
      buildCpuMs,
      createCpuMs,
      runCpuMs,
      residentBeforeMB,
      residentCreatedMB,
      residentPeakMB: residentMB(),
      isFinite: output.every(Number.isFinite),
      output: graph.output.dims,
    }),
  );
}

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';
const which = process.argv[2];
if (which !== 'flux1') {
  await measure('lua', luaRelease(), { height: 64, width: 64, precision: 'f32', scale: 2 });
}
if (which !== 'lua') await measure('flux1', flux1Decoder(), { height: 32, width: 32, precision: 'f32' });
