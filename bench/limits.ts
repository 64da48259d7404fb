import { type BuiltGraph, GraphBuilder, type Value } from '../src/core/graph/graph-builder.ts';
import { conv, linear, multiply, scalar } from '../src/core/graph/ops.ts';
import { noise } from '../src/core/weights/synthetic.ts';

/** A graph that does one thing, for what the runtime itself can do at best. */
export interface LimitGraph {
  readonly id: string;
  readonly kind: 'conv' | 'matmul' | 'memory';
  readonly graph: BuiltGraph;
  /** Multiply-adds of a run, or bytes read and written. */
  readonly amount: number;
}

function constant(b: GraphBuilder, name: string, dims: readonly number[]): Value {
  const inner = dims.length === 4 ? dims.slice(1).reduce((all, side) => all * side, 1) : (dims[0] ?? 1);
  const length = dims.reduce((all, side) => all * side, 1);
  return b.constant(name, dims, () => noise(name, length, (3 / inner) ** 0.5, 0));
}

/** So many nodes of one kind, one after the other. */
function chain(
  count: number,
  input: readonly number[],
  step: (b: GraphBuilder, x: Value) => Value,
): BuiltGraph {
  const b = new GraphBuilder('f32');
  let x = b.input('x', input);
  for (let i = 0; i < count; i += 1) x = step(b, x);
  return b.finish(x, 'y', 'inline');
}

/** 3x3 convolutions of `channels` to as many, over a square. */
function convolutions(channels: number, side: number): LimitGraph {
  const step = (b: GraphBuilder, x: Value) => conv(b, x, constant(b, 'w', [channels, channels, 3, 3]), null);
  const graph = chain(4, [1, channels, side, side], step);
  return { id: `conv3x3 ${channels} at ${side}`, kind: 'conv', graph, amount: graph.multiplyAdds };
}

function products(rows: number, side: number): LimitGraph {
  const step = (b: GraphBuilder, x: Value) => linear(b, x, constant(b, 'w', [side, side]), null);
  const graph = chain(4, [rows, side], step);
  return { id: `matmul ${rows}x${side}x${side}`, kind: 'matmul', graph, amount: graph.multiplyAdds };
}

/** A long chain of passes over 64 MB less a short one: what goes in and out of the runtime falls away. */
function passes(count: number): LimitGraph {
  const floats = 2 ** 24;
  const graph = chain(count, [floats], (b, x) => multiply(b, x, scalar(b, 0.999)));
  return { id: `memory ${count}`, kind: 'memory', graph, amount: count * 2 * 4 * floats };
}

/** Convolutions of a decoder's widths at its sizes, products of LUA's, and passes over memory. `isTiny` for an emulated GPU. */
export const limitGraphs = (isTiny: boolean): readonly LimitGraph[] =>
  isTiny
    ? [convolutions(32, 32), products(256, 112), passes(2)]
    : [
        convolutions(32, 256),
        convolutions(64, 128),
        convolutions(128, 64),
        products(4096, 112),
        products(1024, 512),
        passes(2),
        passes(10),
      ];

export interface Limits {
  /** The best of each kind. */
  readonly convGmacs: number;
  readonly matmulGmacs: number;
  readonly memoryGbs: number;
}

/** From milliseconds per run of each graph. */
export function limitsFrom(rows: readonly { readonly graph: LimitGraph; readonly ms: number }[]): Limits {
  const best = (kind: LimitGraph['kind']): number =>
    Math.max(
      0,
      ...rows.filter(({ graph }) => graph.kind === kind).map(({ graph, ms }) => graph.amount / ms / 1e6),
    );
  const memory = rows.filter(({ graph }) => graph.kind === 'memory');
  const [short, long] = [memory[0], memory.at(-1)];
  const memoryGbs =
    short === undefined || long === undefined || short === long
      ? best('memory')
      : (long.graph.amount - short.graph.amount) / (long.ms - short.ms) / 1e6;
  return { convGmacs: best('conv'), matmulGmacs: best('matmul'), memoryGbs };
}
