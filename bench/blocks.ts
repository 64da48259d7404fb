// npx tsx bench/blocks.ts [--rounds 7]: what a decoder's block costs on the WASM runtime, by its shape: CPU time, interleaved, one thread.

import { parseArgs } from 'node:util';
import * as ort from 'onnxruntime-web/wasm';
import { type BuiltGraph, GraphBuilder, type Value } from '../src/core/graph/graph-builder.ts';
import { pixelShuffle } from '../src/core/graph/layout-ops.ts';
import { add, conv, relu } from '../src/core/graph/ops.ts';
import { noise } from '../src/core/weights/synthetic.ts';
import { median } from './median.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' } } });

/** Widths and sides of the stages of a decoder for a picture of 512 px. */
const STAGES = [
  { width: 128, side: 64 },
  { width: 64, side: 128 },
  { width: 32, side: 256 },
] as const;

interface Options {
  readonly size?: number;
  readonly groups?: number;
}

/** A convolution of noise; names count up, so that no two share weights. */
function layer(b: GraphBuilder, x: Value, out: number, { size = 3, groups = 1 }: Options = {}): Value {
  const dims = [out, (x.dims[1] as number) / groups, size, size];
  const [length, inner] = [dims.reduce((all, side) => all * side, 1), (dims[1] ?? 1) * size ** 2];
  const name = `w${dims.join('x')}-${layers++}`;
  const kernel = b.constant(name, dims, () => noise(name, length, (3 / inner) ** 0.5, 0));
  const bias = b.constant(`${name} bias`, [out], () => noise(`${name} bias`, out, 0.1, 0));
  return conv(b, x, kernel, bias, { groups });
}
let layers = 0;

type Block = (b: GraphBuilder, x: Value, width: number) => Value;

/** Two blocks a graph, each with a residual: what a stage is made of. */
const BLOCKS: Readonly<Record<string, Block>> = {
  '3x3, ReLU, 3x3 (ours)': (b, x, c) => add(b, x, layer(b, relu(b, layer(b, x, c)), c)),
  '3x3, ReLU, 3x3 without the sum': (b, x, c) => layer(b, relu(b, layer(b, x, c)), c),
  '3x3 to half, ReLU, 3x3 back': (b, x, c) => add(b, x, layer(b, relu(b, layer(b, x, c / 2)), c)),
  '1x1 to half, 3x3, ReLU, 1x1 back': (b, x, c) =>
    add(b, x, layer(b, relu(b, layer(b, layer(b, x, c / 2, { size: 1 }), c / 2)), c, { size: 1 })),
  'depthwise 3x3, 1x1 to twice, ReLU, 1x1 back': (b, x, c) => {
    const wide = layer(b, layer(b, x, c, { groups: c }), 2 * c, { size: 1 });
    return add(b, x, layer(b, relu(b, wide), c, { size: 1 }));
  },
  'depthwise 7x7, 1x1 to twice, ReLU, 1x1 back': (b, x, c) => {
    const wide = layer(b, layer(b, x, c, { groups: c, size: 7 }), 2 * c, { size: 1 });
    return add(b, x, layer(b, relu(b, wide), c, { size: 1 }));
  },
  '1x1, ReLU, 1x1': (b, x, c) => add(b, x, layer(b, relu(b, layer(b, x, c, { size: 1 })), c, { size: 1 })),
  '3x3 in 4 groups, ReLU, 1x1': (b, x, c) =>
    add(b, x, layer(b, relu(b, layer(b, x, c, { groups: 4 })), c, { size: 1 })),
  'TAESD: three 3x3': (b, x, c) => {
    const inner = relu(b, layer(b, relu(b, layer(b, x, c)), c));
    return relu(b, add(b, x, layer(b, inner, c)));
  },
};

function build(block: Block, width: number, side: number): BuiltGraph {
  const b = new GraphBuilder('f32');
  let x = b.input('x', [1, width, side, side]);
  for (let i = 0; i < 2; i += 1) x = block(b, x, width);
  return b.finish(x, 'y', 'inline');
}

/** From the last stage to RGB: what a pixel shuffle costs there. */
function buildEnd(out: number): BuiltGraph {
  const b = new GraphBuilder('f32');
  const x = b.input('x', [1, 32, 256, 256]);
  return b.finish(pixelShuffle(b, layer(b, x, 4 * out), 2), 'y', 'inline');
}

interface Row {
  readonly name: string;
  readonly graph: BuiltGraph;
  readonly perPixel: number;
  readonly session: ort.InferenceSession;
  readonly feed: ort.Tensor;
  readonly costs: number[];
}

async function open(name: string, graph: BuiltGraph, pixels: number): Promise<Row> {
  const session = await ort.InferenceSession.create(graph.model, { executionProviders: ['wasm'] });
  const length = graph.input.dims.reduce((all, side) => all * side, 1);
  const feed = new ort.Tensor('float32', noise('x', length, 1, 0), [...graph.input.dims]);
  await session.run({ x: feed });
  return { name, graph, perPixel: pixels, session, feed, costs: [] };
}

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';
const rows: Row[] = [];
for (const [name, block] of Object.entries(BLOCKS)) {
  for (const { width, side } of STAGES) {
    rows.push(await open(`${name} | ${width} at ${side}`, build(block, width, side), side ** 2));
  }
}
rows.push(await open('3x3 to 12, shuffle | 32 at 256', buildEnd(3), 256 ** 2));
for (let round = 0; round < Number(values.rounds); round += 1) {
  for (const row of rows) {
    const before = process.cpuUsage();
    await row.session.run({ x: row.feed });
    const { user, system } = process.cpuUsage(before);
    row.costs.push((user + system) / 1000);
  }
}
const ours = new Map(STAGES.map(({ width, side }) => [`${width} at ${side}`, Number.NaN]));
console.log(
  '| block | width at side | MAC/px | ms | GMAC/s | against ours |\n| --- | --- | --- | --- | --- | --- |',
);
for (const { name, graph, perPixel, costs } of rows) {
  const ms = median(costs);
  const [block = '', at = ''] = name.split(' | ');
  if (block.endsWith('(ours)')) ours.set(at, ms);
  const rate = graph.multiplyAdds / ms / 1e6;
  const ratio = ms / (ours.get(at) ?? Number.NaN);
  console.log(
    `| ${block} | ${at} | ${Math.round(graph.multiplyAdds / perPixel)} | ${ms.toFixed(1)} | ${rate.toFixed(1)} | ${ratio.toFixed(2)} |`,
  );
}
