import { blendWeights } from '../../src/core/blend.ts';
import { planTiles, type Rect, type Tile, type TilePlan } from '../../src/core/tiles.ts';
import { breathe, type Call, timed } from './call.ts';
import type { Tensor, TileWeights } from './compute.ts';
import type { Device } from './device.ts';
import type { Model } from './model.ts';
import { tileSideFor } from './tile-size.ts';

/** A model to be run over a grid of cells (pixels, for a pixel upscaler), in one piece or in tiles. */
export interface TiledRun<T extends Tensor> {
  readonly model: Model;
  /** The factor of an upscaler, null for everything else. */
  readonly scale: number | null;
  readonly input: T;
  readonly plan: TilePlan;
  /** Planes of a tile's size that each tile is given behind its own. */
  readonly beside?: T;
  /** Samples of the input, and of the output, per grid cell and axis. */
  readonly inputFactor: number;
  readonly outputFactor: number;
  /** Where the time is booked. */
  readonly span: 'upscaleMs' | 'decodeMs' | 'encodeMs';
  /** What its progress is called; null for a preparation that counts no tiles of the picture. */
  readonly progress: 'upscale' | 'decode' | 'encode' | null;
}

/** One finished tile: `from` of `output` belongs at `at` of the whole, all in output samples. */
export interface FinishedTile<T extends Tensor> {
  readonly output: T;
  readonly from: Rect;
  readonly at: { readonly y: number; readonly x: number };
  readonly tile: Tile;
  readonly count: number;
}

const scaled = (rect: Rect, factor: number): Rect => ({
  y: rect.y * factor,
  x: rect.x * factor,
  height: rect.height * factor,
  width: rect.width * factor,
});

/** What the time of a cell depends on. */
const paceKey = ({ key, description: { role, part, clip, stage } }: Model, scale: number | null): string =>
  `${key} ${role} ${part}${stage ?? ''} x${scale ?? 1} of ${clip?.frames ?? 1}`;

/**
 * The tiles for `model` over a grid: one where memory allows, else equal ones with its halo. A model with an exact radius is
 * cut at the compute's preferred size as well, since that changes nothing in the picture; others stay whole if they can.
 */
export function planFor<T extends Tensor>(
  { compute, precision }: Device<T>,
  model: Model,
  grid: { readonly height: number; readonly width: number },
  options: { readonly inputFactor: number; readonly scale: number | null },
): TilePlan {
  const { exact } = model.description.radius;
  const canCut = exact || model.description.seam !== null;
  const longest = Math.max(grid.height, grid.width);
  const inTime = compute.pace?.sideFor(paceKey(model, options.scale)) ?? longest;
  const upTo = canCut ? Math.min(compute.maxTileCells, inTime, longest) : longest;
  const maxTile = tileSideFor(compute, model, precision, { ...options, upTo });
  const { radius, tileStep } = model.description;
  return planTiles(grid.height, grid.width, { maxTile, halo: Math.ceil(radius.cells), step: tileStep });
}

/** Runs a tile and has the pace learn from it, unless something was compiled for it. */
async function runTile<T extends Tensor>(
  device: Device<T>,
  job: TiledRun<T>,
  tile: Tile,
  call: Call,
): Promise<T> {
  const wasCold = call.isCold;
  call.isCold = false;
  const start = performance.now();
  try {
    const output = await computeTile(device, job, tile, call);
    const { height, width } = tile.input;
    if (!call.isCold) {
      device.compute.pace?.note(paceKey(job.model, job.scale), height * width, performance.now() - start);
    }
    return output;
  } finally {
    call.isCold ||= wasCold;
  }
}

async function computeTile<T extends Tensor>(
  { compute, networks }: Device<T>,
  { model, scale, input, beside, inputFactor, span }: TiledRun<T>,
  tile: Tile,
  call: Call,
): Promise<T> {
  return timed(call, span, compute, async () => {
    const rect = scaled(tile.input, inputFactor);
    const made: T[] = [];
    function make(tensor: T): T {
      made.push(tensor);
      return tensor;
    }
    try {
      const isWhole = rect.height === input.height && rect.width === input.width;
      const piece = isWhole ? input : make(compute.crop(input, rect));
      const given = beside === undefined ? piece : make(compute.stack([piece, beside]));
      return await networks.run(model, scale, given, call);
    } finally {
      for (const tensor of made) tensor.dispose();
    }
  });
}

/**
 * Runs the model tile by tile and hands each output to `each` before the next begins; outputs are disposed of here. Cancelling
 * takes effect between tiles.
 */
export async function runTiles<T extends Tensor>(
  device: Device<T>,
  job: TiledRun<T>,
  call: Call,
  each: (finished: FinishedTile<T>) => Promise<void>,
): Promise<void> {
  const { tiles } = job.plan;
  call.tell(job.progress, 0, tiles.length);
  for (const [index, tile] of tiles.entries()) {
    await breathe(call);
    const output = await runTile(device, job, tile, call);
    try {
      const { core, input } = tile;
      const from = scaled({ ...core, y: core.y - input.y, x: core.x - input.x }, job.outputFactor);
      const at = { y: core.y * job.outputFactor, x: core.x * job.outputFactor };
      await each({ output, from, at, tile, count: tiles.length });
    } finally {
      output.dispose();
    }
    call.tell(job.progress, index + 1, tiles.length);
  }
}

/** Weight 1 on the core and 0 on the halo: to accumulate with these is to paste. */
export const coreWeights = (from: Rect, output: Tensor): TileWeights => ({
  rows: Float32Array.from({ length: output.height }, (_, y) =>
    y >= from.y && y < from.y + from.height ? 1 : 0,
  ),
  columns: Float32Array.from({ length: output.width }, (_, x) =>
    x >= from.x && x < from.x + from.width ? 1 : 0,
  ),
});

/** Weights by the start of a tile along one axis, in output samples. */
function blendingAlong(starts: readonly number[], size: number, length: number): Map<number, Float32Array> {
  const unique = [...new Set(starts)];
  return new Map(blendWeights(unique, size, length).map((weights, k) => [unique[k] as number, weights]));
}

/**
 * The whole output of a run as one tensor, owned by the call. Tiles of a model with an exact radius are put
 * together; those of a model that sees everything at once (attention, group statistics) differ where they meet, and are
 * blended over their overlap.
 */
export async function runToTensor<T extends Tensor>(
  device: Device<T>,
  job: TiledRun<T>,
  call: Call,
): Promise<T> {
  const { compute } = device;
  const { tiles, tileHeight, tileWidth } = job.plan;
  const [only] = tiles;
  if (only !== undefined && tiles.length === 1) {
    await breathe(call);
    call.tell(job.progress, 0, 1);
    const output = call.own(await runTile(device, job, only, call));
    call.tell(job.progress, 1, 1);
    return output;
  }

  const perInput = job.outputFactor / job.inputFactor;
  const [height, width] = [job.input.height * perInput, job.input.width * perInput];
  const rowsAt = blendingAlong(
    tiles.map((t) => t.input.y * job.outputFactor),
    tileHeight * job.outputFactor,
    height,
  );
  const columnsAt = blendingAlong(
    tiles.map((t) => t.input.x * job.outputFactor),
    tileWidth * job.outputFactor,
    width,
  );
  let whole: T | null = null;
  await runTiles(device, job, call, async ({ output, from, tile }) => {
    whole ??= call.own(compute.zeros(output.channels, height, width));
    const target = whole;
    const at = { y: tile.input.y * job.outputFactor, x: tile.input.x * job.outputFactor };
    const [rows, columns] = [rowsAt.get(at.y), columnsAt.get(at.x)];
    const weights =
      job.model.description.radius.exact || rows === undefined || columns === undefined
        ? coreWeights(from, output)
        : { rows, columns };
    await timed(call, job.span, compute, () => compute.accumulate(target, output, at, weights));
  });
  return whole ?? call.own(compute.zeros(0, height, width));
}
