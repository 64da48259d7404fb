// npx tsx bench/graph-release.ts [lua|flux1]: networks of published size (noise for weights) through recognition, graph,
// session and one run on the WASM runtime in Node, with times and memory.
import * as ort from 'onnxruntime-web/wasm';
import { buildGraph, estimateMemory, type GraphRequest, type StateDict } from '../src/core/graph/index.ts';
import { recogniseModel } from '../src/core/networks/recognise.ts';
import { type NoiseTensor, syntheticState } from '../src/core/weights/synthetic.ts';

type Shapes = [name: string, shape: readonly number[]][];

const linear = (name: string, out: number, inner: number): Shapes => [
  [`${name}.weight`, [out, inner]],
  [`${name}.bias`, [out]],
];
const conv = (name: string, out: number, inner: number, side = 3): Shapes => [
  [`${name}.weight`, [out, inner, side, side]],
  [`${name}.bias`, [out]],
];
const norm = (name: string, side: number): Shapes => [
  [`${name}.weight`, [side]],
  [`${name}.bias`, [side]],
];

/** The release of LUA for FLUX.1 latents (arXiv 2511.10629): embed 360, window 16, 12 heads, 6 groups of 6 layers. */
function luaRelease(): Shapes {
  const [channels, embed, window, heads, features] = [16, 360, 16, 12, 256];
  const layers = Array.from({ length: 36 }, (_, i): Shapes => {
    const name = `layers.${Math.floor(i / 6)}.residual_group.blocks.${i % 6}`;
    return [
      ...norm(`${name}.norm1`, embed),
      [`${name}.attn.relative_position_bias_table`, [(2 * window - 1) ** 2, heads]],
      ...linear(`${name}.attn.qkv`, 3 * embed, embed),
      ...linear(`${name}.attn.proj`, embed, embed),
      ...norm(`${name}.norm2`, embed),
      ...linear(`${name}.mlp.fc1`, 2 * embed, embed),
      ...linear(`${name}.mlp.fc2`, embed, 2 * embed),
    ];
  });
  const head = (scale: number): Shapes => [
    ...conv(`heads.x${scale}.conv_before.0`, features, embed),
    ...Array.from({ length: Math.log2(scale) }, (_, i) =>
      conv(`heads.x${scale}.upsample.${2 * i}`, 4 * features, features),
    ).flat(),
    ...conv(`heads.x${scale}.conv_last`, channels, features),
  ];
  return [
    ...conv('conv_first', embed, channels),
    ...norm('patch_embed.norm', embed),
    ...layers.flat(),
    ...Array.from({ length: 6 }, (_, i) => conv(`layers.${i}.conv`, embed, embed)).flat(),
    ...norm('norm', embed),
    ...conv('conv_after_body', embed, embed),
    ...head(2),
    ...head(4),
  ];
}

/** The decoder of FLUX.1's AutoencoderKL: 16 channels, widths 128 to 512, three blocks a level, CompVis' keys. */
function flux1Decoder(): Shapes {
  const widths = [128, 256, 512, 512];
  const resnet = (name: string, inner: number, out: number): Shapes => [
    ...norm(`${name}.norm1`, inner),
    ...conv(`${name}.conv1`, out, inner),
    ...norm(`${name}.norm2`, out),
    ...conv(`${name}.conv2`, out, out),
    ...(inner === out ? [] : conv(`${name}.nin_shortcut`, out, inner, 1)),
  ];
  const levels = widths.flatMap((width, i): Shapes => {
    const entering = widths[i + 1] ?? width;
    return [
      ...[0, 1, 2].flatMap((j) => resnet(`decoder.up.${i}.block.${j}`, j === 0 ? entering : width, width)),
      ...(i > 0 ? conv(`decoder.up.${i}.upsample.conv`, width, width) : []),
    ];
  });
  return [
    ...conv('decoder.conv_in', 512, 16),
    ...resnet('decoder.mid.block_1', 512, 512),
    ...norm('decoder.mid.attn_1.norm', 512),
    ...['q', 'k', 'v', 'proj_out'].flatMap((name) => conv(`decoder.mid.attn_1.${name}`, 512, 512, 1)),
    ...resnet('decoder.mid.block_2', 512, 512),
    ...levels,
    ...norm('decoder.norm_out', 128),
    ...conv('decoder.conv_out', 3, 128),
  ];
}

const noisy = (shapes: Shapes): StateDict =>
  syntheticState(
    shapes.map(([name, shape]): NoiseTensor => {
      const inner = shape.slice(1).reduce((product, side) => product * side, 1);
      const isNorm = shape.length === 1 && name.endsWith('weight');
      return { name, shape, scale: shape.length > 1 ? (3 / inner) ** 0.5 : 0.1, offset: isNorm ? 1 : 0 };
    }),
  );

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
