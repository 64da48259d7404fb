import { meanOfAll, mish } from '../../graph/added-ops.ts';
import { elements, type Value } from '../../graph/graph-builder.ts';
import type { Layers } from '../../graph/layers.ts';
import { concat, padAround, split } from '../../graph/layout-ops.ts';
import {
  add,
  cast,
  conv,
  divide,
  multiply,
  scalar,
  squareRoot,
  subtract,
  tanh,
  toBody,
} from '../../graph/ops.ts';
import type { StateView } from '../../weights/state-view.ts';

/** Under the root of the variance. */
const EPSILON = 1e-6;
/** A hidden tensor larger than this is made in pieces of its channels, which changes nothing but the order of a sum. */
const PIECE_BYTES = 48 * 2 ** 20;

/** x + deviation * mix(down(mish(values) * tanh(gates / 2))) of normalised values; SesquiLSR's block. */
export interface GatedBlock {
  readonly name: string;
  readonly width: number;
  readonly gates: number;
  readonly valuesPerGate: number;
  /** Channels between `down` and `mix`. */
  readonly middle: number;
}

/** The block under `name`, or a clause on why its shapes are no such block's. */
export function readGatedBlock(view: StateView, name: string, width: number): GatedBlock | string {
  const values = view.side(`${name}.down.weight`, 1);
  const gates = view.side(`${name}.up.weight`, 0) - values;
  const valuesPerGate = values / gates;
  if (!Number.isInteger(valuesPerGate) || valuesPerGate < 1) {
    return `${name} has ${values} values and ${gates} gates, which do not share out`;
  }
  return { name, width, gates, valuesPerGate, middle: view.side(`${name}.down.weight`, 0) };
}

/** A 3x3 or larger convolution over mirrored edges. */
export function mirroredConv(
  layers: Layers,
  name: string,
  x: Value,
  out: number,
  { size = 3, bias = false } = {},
): Value {
  const side = size >> 1;
  const padded = padAround(layers, x, [side, side, side, side], 'reflect');
  return layers.conv(name, padded, out, { size, bias, pads: [0, 0, 0, 0] });
}

/** Mean and variance over all channels, rows and columns of a whole, in float32; of sides that broadcast with [1,C,H,W]. */
export interface Moments {
  readonly mean: Value;
  readonly variance: Value;
}

/** Normalised by mean and deviation over everything, those given or those of `x` itself, in float32 in either precision. */
function normalise(
  layers: Layers,
  x: Value,
  given?: Moments,
): { readonly normal: Value; readonly deviation: Value } {
  const centred = subtract(layers, cast(layers, x, 'f32'), given?.mean ?? meanOfAll(layers, x));
  const variance = given?.variance ?? meanOfAll(layers, multiply(layers, centred, centred));
  const epsilon = layers.constant(`epsilon ${EPSILON}`, [], () => Float32Array.of(EPSILON), 'f32');
  const deviation = squareRoot(layers, add(layers, variance, epsilon));
  return { normal: toBody(layers, divide(layers, centred, deviation)), deviation };
}

/** Rows of a matrix [rows, columns] by their numbers, each column multiplied. */
function pick(
  matrix: Float32Array,
  columns: number,
  rows: readonly number[],
  times: (column: number) => number,
): Float32Array {
  const result = new Float32Array(rows.length * columns);
  for (const [i, row] of rows.entries()) {
    for (let c = 0; c < columns; c++) {
      result[i * columns + c] = (matrix[row * columns + c] as number) * times(c);
    }
  }
  return result;
}

const range = (length: number, at: (i: number) => number): number[] =>
  Array.from({ length }, (_, i) => at(i));

/** The same channels `times` over, two at a time: a kernel of many inputs needs more bindings than some devices have. */
function repeated(layers: Layers, x: Value, times: number): Value {
  if (times === 1) return x;
  const half = repeated(layers, x, times >> 1);
  const even = concat(layers, [half, half], 1);
  return times % 2 === 0 ? even : concat(layers, [even, x], 1);
}

/**
 * The hidden layer's part for the gates `from` to `from + count`: values are put in another order, the first of every gate before the
 * second of every gate, so that one row of gates lies beside each, and the gates need not be repeated in memory's order.
 */
function piece(layers: Layers, block: GatedBlock, normal: Value, from: number, count: number): Value {
  const { name, width, gates, valuesPerGate, middle } = block;
  const values = gates * valuesPerGate;
  const up = layers.require(`${name}.up.weight`, [values + gates, width, 1, 1]);
  const down = layers.require(`${name}.down.weight`, [middle, values, 1, 1]);
  const scale = layers.require(`${name}.norm.weight`, [width]);
  const kept = range(
    valuesPerGate * count,
    (i) => (from + (i % count)) * valuesPerGate + Math.floor(i / count),
  );
  const rows = [...kept, ...range(count, (i) => values + from + i)];
  const label = `gates ${from} to ${from + count}`;
  const upKernel = layers.constant(`${up.name} ${label}`, [rows.length, width, 1, 1], () => {
    const scales = scale.read();
    return pick(up.read(), width, rows, (c) => scales[c] as number);
  });
  const downKernel = layers.constant(`${down.name} ${label}`, [middle, kept.length, 1, 1], () => {
    const matrix = down.read();
    const result = new Float32Array(middle * kept.length);
    for (let row = 0; row < middle; row++) {
      for (const [i, column] of kept.entries()) {
        result[row * kept.length + i] = matrix[row * values + column] as number;
      }
    }
    return result;
  });
  const [hidden, closed] = split(layers, conv(layers, normal, upKernel, null), 1, [kept.length, count]);
  const gate = tanh(layers, multiply(layers, closed as Value, scalar(layers, 0.5)));
  const gated = multiply(layers, mish(layers, hidden as Value), repeated(layers, gate, valuesPerGate));
  return conv(layers, gated, downKernel, null);
}

/** Appends the block to [1,width,H,W]; `given` are the moments of the whole where `x` is a tile of it. */
export function gatedBlock(layers: Layers, block: GatedBlock, x: Value, given?: Moments): Value {
  const { name, width, gates, valuesPerGate } = block;
  const { normal, deviation } = normalise(layers, x, given);
  const bytes = elements(x.dims.slice(2)) * gates * (valuesPerGate + 1) * (layers.body === 'f16' ? 2 : 4);
  const pieces = Math.min(gates, Math.ceil(bytes / PIECE_BYTES));
  const each = Math.ceil(gates / pieces);
  const starts = range(Math.ceil(gates / each), (i) => i * each);
  const down = starts
    .map((from) => piece(layers, block, normal, from, Math.min(each, gates - from)))
    .reduce((sum, next) => add(layers, sum, next));
  const strong = multiply(layers, down, toBody(layers, deviation));
  return add(layers, x, mirroredConv(layers, `${name}.mix`, strong, width));
}
