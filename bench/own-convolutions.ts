// npx tsx bench/own-convolutions.ts [--side 64] [--rounds 9] [NAME ...]: a decoder on the WASM runtime against its own convolutions, each run
// alone: what the graph costs beside them. CPU time, interleaved, one thread; a latent of `side` cells.

import { parseArgs } from 'node:util';
import * as ort from 'onnxruntime-web/wasm';
import {
  type Attributes,
  type BuiltGraph,
  type ElementType,
  elements,
  GraphBuilder,
  type Value,
} from '../src/core/graph/graph-builder.ts';
import { buildGraph, type ModelDescription } from '../src/core/graph/index.ts';
import { Layers } from '../src/core/graph/layers.ts';
import { NameIndex, type StateDict, StateView } from '../src/core/weights/state-view.ts';
import { noise } from '../src/core/weights/synthetic.ts';
import { networkOf } from './contenders.ts';
import { limitGraphs } from './limits.ts';
import { median } from './median.ts';

const { values, positionals } = parseArgs({
  options: { side: { type: 'string', default: '64' }, rounds: { type: 'string', default: '9' } },
  allowPositionals: true,
});
const names = positionals.length > 0 ? positionals : ['flux2-decoder', 'flux2-decoder-fine'];
const side = Number(values.side);

interface Convolution {
  readonly input: readonly number[];
  readonly kernel: readonly number[];
  readonly attributes: Attributes;
  readonly output: readonly number[];
}

/** Layers that note every convolution. */
class NotingLayers extends Layers {
  readonly convolutions: Convolution[] = [];

  override nodes(
    op: string,
    inputs: readonly Value[],
    outputs: readonly { readonly dims: readonly number[]; readonly type: ElementType }[],
    attributes: Attributes = {},
  ): readonly Value[] {
    const [x, kernel] = inputs;
    if (op === 'Conv' && x && kernel && outputs[0]) {
      this.convolutions.push({ input: x.dims, kernel: kernel.dims, attributes, output: outputs[0].dims });
    }
    return super.nodes(op, inputs, outputs, attributes);
  }
}

/** A network's convolutions for a latent of side x side cells, and how often each stands in it. */
function convolutionsOf(description: ModelDescription, state: StateDict): Map<string, [Convolution, number]> {
  const layers = new NotingLayers('f32', new StateView(new NameIndex(state, description.prefix)));
  description.emit(layers, { height: side, width: side, part: description.part });
  const found = new Map<string, [Convolution, number]>();
  for (const convolution of layers.convolutions) {
    const key = JSON.stringify(convolution);
    found.set(key, [convolution, (found.get(key)?.[1] ?? 0) + 1]);
  }
  return found;
}

/** One convolution alone, of noise, with its bias. */
function alone({ input, kernel, attributes, output }: Convolution): BuiltGraph {
  const b = new GraphBuilder('f32');
  const x = b.input('x', input);
  const out = kernel[0] ?? 1;
  const w = b.constant('w', kernel, () => noise('w', elements(kernel), 0.1, 0));
  const bias = b.constant('bias', [out], () => noise('bias', out, 0.1, 0));
  return b.finish(b.node('Conv', [x, w, bias], { dims: output, type: 'f32' }, attributes), 'y', 'inline');
}

interface Row {
  readonly graph: BuiltGraph;
  readonly session: ort.InferenceSession;
  readonly feeds: Record<string, ort.Tensor>;
  readonly costs: number[];
}

async function open(graph: BuiltGraph): Promise<Row> {
  const session = await ort.InferenceSession.create(graph.model, {
    executionProviders: ['wasm'],
    externalData: [...graph.externalData],
  });
  const { name, dims } = graph.input;
  const feeds = { [name]: new ort.Tensor('float32', noise('x', elements(dims), 1, 0), [...dims]) };
  await session.run(feeds);
  return { graph, session, feeds, costs: [] };
}

/** One run, repeated until it has taken long enough to be told: 100 ms. */
async function time({ session, feeds, costs }: Row): Promise<void> {
  const before = process.cpuUsage();
  let runs = 0;
  let spentMs = 0;
  while (spentMs < 100) {
    await session.run(feeds);
    runs += 1;
    const { user, system } = process.cpuUsage(before);
    spentMs = (user + system) / 1000;
  }
  costs.push(spentMs / runs);
}

const rateOf = (row: Row): number => row.graph.multiplyAdds / median(row.costs) / 1e6;

async function measure(name: string): Promise<void> {
  const { description, state } = networkOf(name, true);
  const whole = await open(buildGraph(description, state, { height: side, width: side, precision: 'f32' }));
  const parts: (readonly [Row, number])[] = [];
  for (const [convolution, count] of convolutionsOf(description, state).values()) {
    parts.push([await open(alone(convolution)), count]);
  }
  const limits = await Promise.all(
    limitGraphs(false)
      .filter(({ kind }) => kind === 'conv')
      .map(({ graph }) => open(graph)),
  );
  const rows = [whole, ...parts.map(([row]) => row), ...limits];
  for (let round = 0; round < Number(values.rounds); round += 1) for (const row of rows) await time(row);
  for (const [row, count] of parts) {
    const dims = row.graph.input.dims.slice(1).join('x');
    const out = row.graph.output.dims[1];
    console.log(
      `  ${count} x ${dims} to ${out}: ${median(row.costs).toFixed(2)} ms, ${rateOf(row).toFixed(2)} GMAC/s`,
    );
  }
  const sumMs = parts.reduce((sum, [row, count]) => sum + count * median(row.costs), 0);
  const wholeMs = median(whole.costs);
  const share = (part: number): string => `${Math.round(100 * part)} %`;
  const best = Math.max(...limits.map(rateOf));
  console.log(
    `${name}, ${side}x${side} cells: ${wholeMs.toFixed(0)} ms, ${rateOf(whole).toFixed(2)} GMAC/s: ` +
      `${share(sumMs / wholeMs)} of the rate of its own convolutions, each alone (${sumMs.toFixed(0)} ms), ` +
      `${share(rateOf(whole) / best)} of the best one (${best.toFixed(2)})`,
  );
  await Promise.all(rows.map(({ session }) => session.release()));
}

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';
for (const name of names) await measure(name);
