import type { Value } from '../../graph/graph-builder.ts';
import type { Layers } from '../../graph/layers.ts';
import { gather, padAround } from '../../graph/layout-ops.ts';
import { add, conv, multiply } from '../../graph/ops.ts';
import type { StateView } from '../../weights/state-view.ts';

/** Samples of each axis that a filter weighs: one before, and two after. */
const TAPS = 4;
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

/** Samples of a side of `cells` enlarged by `scale`, a factor from 1 to 2. */
export const enlargedSide = (cells: number, scale: number): number => Math.round(cells * scale);

/** Where each of `target` samples lies among `source` ones: the sample before it, and how far behind that it is, from 0 to 1. */
function positionsOf(
  source: number,
  target: number,
): readonly { readonly base: number; readonly phase: number }[] {
  return Array.from({ length: target }, (_, i) => {
    const at = ((i + 0.5) * source) / target - 0.5;
    const base = Math.min(Math.max(Math.floor(at), 0), source - 1);
    return { base, phase: at - base };
  });
}

/** The taps [width, 4] of a rank and axis, 0 down and 1 across, for a sample's phase where `step` source samples lie between two. */
type TapsOf = (rank: number, axis: number, phase: number, step: number) => readonly number[];

interface Filters {
  readonly tapsOf: TapsOf;
  readonly gainOf: (rank: number) => number;
}

/** Asks for the tensors now; what it gives reads them. */
function filtersOf(layers: Layers, { width, ranks, net }: Reassembly): Filters {
  const taps = layers.require(net ? 'upsample.base_taps' : 'upsample.filters', [ranks, 2, width, TAPS]);
  const gains = layers.require(net ? 'upsample.rank_gain' : 'upsample.gains', [ranks]);
  const residualOf = net === null ? null : readResidual(layers, width, ranks, net);
  return {
    tapsOf(rank, axis, phase, step) {
      const added = residualOf?.(rank, axis, phase, step);
      return row(taps.read(), 2 * rank + axis, width * TAPS).map((tap, i) => tap + (added?.[i] ?? 0));
    },
    gainOf(rank) {
      const gain = gains.read()[rank] as number;
      return net ? sigmoidOf(gain) : gain;
    },
  };
}

/** [1,width,2h,2w] of a latent of h x w cells, brought to `scale` times that latent's sides by filters of 4x4 samples. */
export function reassembled(layers: Layers, reassembly: Reassembly, x: Value, scale: number): Value {
  return scale === 2 ? filtered(layers, reassembly, x) : resampled(layers, reassembly, x, scale);
}

/**
 * At twice the side each sample lies on one of the doubled grid, at phase 0: the filters of both axes and all ranks come to one kernel
 * [width,1,4,4].
 */
function filtered(layers: Layers, reassembly: Reassembly, x: Value): Value {
  const { width, ranks } = reassembly;
  const { tapsOf, gainOf } = filtersOf(layers, reassembly);
  const kernel = layers.constant('filters for x2', [width, 1, TAPS, TAPS], () => {
    const sums = new Float64Array(width * TAPS * TAPS);
    for (let rank = 0; rank < ranks; rank++) {
      const [down, across] = [tapsOf(rank, 0, 0, 1), tapsOf(rank, 1, 0, 1)];
      for (let i = 0; i < sums.length; i++) {
        const [c, r, k] = [Math.floor(i / 16), Math.floor(i / TAPS) % TAPS, i % TAPS];
        const product = (down[c * TAPS + r] as number) * (across[c * TAPS + k] as number);
        sums[i] = (sums[i] as number) + gainOf(rank) * product;
      }
    }
    return Float32Array.from(sums);
  });
  const padded = padAround(layers, x, [1, 1, 2, 2], 'edge');
  return conv(layers, padded, kernel, null, { groups: width, pads: [0, 0, 0, 0] });
}

/** An axis of a picture, 2 down and 3 across, on its way to another count of samples. */
interface Stretch {
  readonly axis: 2 | 3;
  readonly source: number;
  readonly target: number;
}

/** At any other factor each row and column has filters of its own: four shifted copies an axis, each weighed, for every rank. */
function resampled(layers: Layers, reassembly: Reassembly, x: Value, scale: number): Value {
  const filters = filtersOf(layers, reassembly);
  const [down, across] = ([2, 3] as const).map((axis): Stretch => {
    const source = x.dims[axis] as number;
    return { axis, source, target: enlargedSide(source / 2, scale) };
  }) as [Stretch, Stretch];
  const copies = shiftedCopies(layers, x, across);
  function ofRank(rank: number): Value {
    const weights = (stretch: Stretch) => weightsAlong(layers, reassembly.width, filters, rank, stretch);
    return weighed(
      layers,
      shiftedCopies(layers, weighed(layers, copies, weights(across)), down),
      weights(down),
    );
  }
  return Array.from({ length: reassembly.ranks }, (_, rank) => ofRank(rank)).reduce((sum, next) =>
    add(layers, sum, next),
  );
}

/** The samples that each tap falls on, held at the edges: one tensor a tap. */
const shiftedCopies = (layers: Layers, x: Value, { axis, source, target }: Stretch): readonly Value[] =>
  Array.from({ length: TAPS }, (_, tap) => {
    const hold = (at: number): number => Math.min(Math.max(at, 0), source - 1);
    const indices = positionsOf(source, target).map(({ base }) => hold(base + tap - 1));
    return gather(layers, x, axis, `tap ${tap} of ${source} to ${target}`, indices);
  });

const weighed = (layers: Layers, copies: readonly Value[], weights: readonly Value[]): Value =>
  copies
    .map((copy, tap) => multiply(layers, copy, weights[tap] as Value))
    .reduce((sum, next) => add(layers, sum, next));

/** Each tap's weights, [1,width,target,1] or [1,width,1,target]; the rank's gain is in those down. */
function weightsAlong(
  layers: Layers,
  width: number,
  { tapsOf, gainOf }: Filters,
  rank: number,
  { axis, source, target }: Stretch,
): readonly Value[] {
  let made: readonly (readonly number[])[] | null = null;
  // Worked out once for the four constants, and not before the graph is written.
  function taps(): readonly (readonly number[])[] {
    made ??= positionsOf(source, target).map(({ phase }) => tapsOf(rank, axis - 2, phase, source / target));
    return made;
  }
  const dims = axis === 2 ? [1, width, target, 1] : [1, width, 1, target];
  return Array.from({ length: TAPS }, (_, tap) =>
    layers.constant(`filter ${rank} of axis ${axis}, tap ${tap}, ${source} to ${target}`, dims, () => {
      const gain = axis === 2 ? gainOf(rank) : 1;
      return Float32Array.from({ length: width * target }, (_, i) => {
        const sample = taps()[i % target] as readonly number[];
        return gain * (sample[Math.floor(i / target) * TAPS + tap] as number);
      });
    }),
  );
}

/**
 * What the network adds to the taps: bounded, and with no mean over a channel's taps. Its input is the phase in sines and cosines, log2 of
 * the step, and learned words for axis and rank.
 */
function readResidual(
  layers: Layers,
  width: number,
  ranks: number,
  { frequencies, axisLength, rankLength, hidden }: NonNullable<Reassembly['net']>,
): TapsOf {
  const inner = 2 * frequencies + 1 + axisLength + rankLength;
  const required = (name: string, dims: readonly number[]) => layers.require(`upsample.${name}`, dims);
  const waves = required('pe.freqs', [frequencies]);
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
  return (rank, axis, phase, step) => {
    const angles = Array.from(waves.read(), (frequency) => Math.PI * frequency * phase);
    const word = [
      ...angles.map(Math.sin),
      ...angles.map(Math.cos),
      Math.log2(step),
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
