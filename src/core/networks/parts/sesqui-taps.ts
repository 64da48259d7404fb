import type { Layers } from '../../graph/layers.ts';
import type { StateView } from '../../weights/state-view.ts';

/** Samples of each axis that a filter weighs: one before, and two after. */
export const TAPS = 4;
/** The most that the network may add to a learned tap. */
const RESIDUAL = 0.2;

/** Sizes of what SesquiLSR's filters are worked out from; null for `net` where the file holds them worked out for x2. */
export interface Reassembly {
  readonly width: number;
  readonly ranks: number;
  readonly net: {
    readonly frequencies: number;
    readonly axisLength: number;
    readonly rankLength: number;
    readonly hidden: number;
  } | null;
}

export function readReassembly(view: StateView, width: number): Reassembly {
  if (view.has('upsample.filters')) return { width, ranks: view.side('upsample.filters', 0), net: null };
  return {
    width,
    ranks: view.side('upsample.base_taps', 0),
    net: {
      frequencies: view.side('upsample.pe.freqs', 0),
      axisLength: view.side('upsample.axis_emb.weight', 1),
      rankLength: view.side('upsample.rank_emb.weight', 1),
      hidden: view.side('upsample.filter_net.0.weight', 0),
    },
  };
}

type Vector = ArrayLike<number>;

/** rows * x + offsets, of a torch.nn.Linear for one vector. */
const affine = (rows: Vector, offsets: Vector, x: readonly number[]): number[] =>
  Array.from(offsets, (offset, row) =>
    x.reduce((sum, value, i) => sum + (rows[row * x.length + i] as number) * value, offset),
  );

const mishOf = (x: number): number => x * Math.tanh(Math.log1p(Math.exp(-Math.abs(x))) + Math.max(x, 0));
const sigmoidOf = (x: number): number => 1 / (1 + Math.exp(-x));

/** Rows of a matrix. */
const row = (values: Vector, index: number, length: number): number[] =>
  Array.from({ length }, (_, i) => values[index * length + i] as number);

/**
 * The kernel [width,1,4,4] that the filters of both axes and all ranks come to at twice the side: each sample then lies on one of the
 * doubled grid, at phase 0, so that sines are 0, cosines 1 and the word on the factor log2(1). Asks for the tensors now, reads them when
 * called.
 */
export function reassemblyKernel(layers: Layers, { width, ranks, net }: Reassembly): () => Float32Array {
  const taps = layers.require(net ? 'upsample.base_taps' : 'upsample.filters', [ranks, 2, width, TAPS]);
  const gains = layers.require(net ? 'upsample.rank_gain' : 'upsample.gains', [ranks]);
  const residual = net === null ? null : residualOf(layers, width, ranks, net);
  return () => {
    const [known, strengths] = [taps.read(), gains.read()];
    const kernel = new Float64Array(width * TAPS * TAPS);
    for (let rank = 0; rank < ranks; rank++) {
      const strength = net ? sigmoidOf(strengths[rank] as number) : (strengths[rank] as number);
      const [down, across] = [0, 1].map((axis) => {
        const added = residual?.(rank, axis);
        return row(known, 2 * rank + axis, width * TAPS).map((tap, i) => tap + (added?.[i] ?? 0));
      }) as [number[], number[]];
      for (let i = 0; i < kernel.length; i++) {
        const [c, y, x] = [Math.floor(i / 16), Math.floor(i / TAPS) % TAPS, i % TAPS];
        kernel[i] =
          (kernel[i] as number) +
          strength * (down[c * TAPS + y] as number) * (across[c * TAPS + x] as number);
      }
    }
    return Float32Array.from(kernel);
  };
}

/** What the network adds to the taps [width, 4] of a rank and axis: bounded, and with no mean over a channel's taps. */
function residualOf(
  layers: Layers,
  width: number,
  ranks: number,
  { frequencies, axisLength, rankLength, hidden }: NonNullable<Reassembly['net']>,
): (rank: number, axis: number) => readonly number[] {
  const inner = 2 * frequencies + 1 + axisLength + rankLength;
  const required = (name: string, dims: readonly number[]) => layers.require(`upsample.${name}`, dims);
  // The sines' and cosines' frequencies count for nothing at phase 0.
  required('pe.freqs', [frequencies]);
  const axisWords = required('axis_emb.weight', [2, axisLength]);
  const rankWords = required('rank_emb.weight', [ranks, rankLength]);
  const [first, firstBias] = [
    required('filter_net.0.weight', [hidden, inner]),
    required('filter_net.0.bias', [hidden]),
  ];
  const [second, secondBias] = [
    required('filter_net.2.weight', [width * TAPS, hidden]),
    required('filter_net.2.bias', [width * TAPS]),
  ];
  return (rank, axis) => {
    const phase = [...Array<number>(frequencies).fill(0), ...Array<number>(frequencies).fill(1), 0];
    const word = [
      ...phase,
      ...row(axisWords.read(), axis, axisLength),
      ...row(rankWords.read(), rank, rankLength),
    ];
    const inside = affine(first.read(), firstBias.read(), word).map(mishOf);
    const raw = affine(second.read(), secondBias.read(), inside).map((x) => RESIDUAL * Math.tanh(x));
    return raw.map((x, i) => {
      const start = i - (i % TAPS);
      const mean = raw.slice(start, start + TAPS).reduce((sum, tap) => sum + tap, 0) / TAPS;
      return x - mean;
    });
  };
}
