import { type Stage, stagesOf } from '../../src/core/graph/index.ts';
import type { TilePlan } from '../../src/core/tiles.ts';
import { breathe, type Call, timed } from './call.ts';
import type { Tensor } from './compute.ts';
import type { Device } from './device.ts';
import type { Model } from './model.ts';
import { createNetworkCache } from './network-cache.ts';
import { coreWeights, planFor, runTiles } from './tiled-run.ts';

/** What all features that are kept between stages may take of the memory; the rest is for the tiles. */
const KEPT_SHARE = 2 / 3;

interface Grid {
  readonly height: number;
  readonly width: number;
}

interface PlannedStage {
  readonly model: Model;
  readonly stage: Stage;
  readonly plan: TilePlan;
  /** Channels of what it gives. */
  readonly gives: number;
}

const times = ({ height, width }: Grid, factor: number): Grid => ({
  height: height * factor,
  width: width * factor,
});

const bytesOf = (channels: number, { height, width }: Grid): number => 4 * channels * height * width;

/**
 * The stages of an upscaler for an input, each with its tiles; null where it has none, or where what goes from one to the next, which is
 * kept whole, is more than the compute can hold.
 */
export function planStages<T extends Tensor>(
  device: Device<T>,
  model: Model,
  input: Grid,
): readonly PlannedStage[] | null {
  const { compute } = device;
  const { stages = [], channels } = model.description;
  const parts = stagesOf(model.description);
  const planned: PlannedStage[] = [];
  let grid: Grid = { height: input.height, width: input.width };
  for (const [i, stage] of stages.entries()) {
    const from = stage.isShortcut ? input : grid;
    const next = stages[i + 1];
    const gives = next === undefined || next.isShortcut ? channels : next.channels;
    const to = times(from, stage.factor);
    const sides = [bytesOf(stage.channels, from), bytesOf(gives, to)];
    const kept = sides.reduce((sum, bytes) => sum + bytes, bytesOf(channels, input));
    if (Math.max(...sides) > compute.tensorLimitBytes || kept > KEPT_SHARE * compute.budgetBytes) return null;
    const left = { ...device, compute: { ...compute, budgetBytes: compute.budgetBytes - kept } };
    const part = { ...model, description: parts[i] ?? model.description };
    const plan = planFor(left, part, from, { inputFactor: 1, scale: 2 });
    planned.push({ model: part, stage, plan, gives });
    grid = to;
  }
  return planned.length > 0 ? planned : null;
}

/** Mean and variance of a whole as planes of a tile's size. */
async function momentPlanes<T extends Tensor>(
  { compute }: Device<T>,
  whole: T,
  { tileHeight, tileWidth }: TilePlan,
  call: Call,
): Promise<T> {
  const { mean, variance } = await timed(call, 'upscaleMs', compute, () => compute.moments(whole));
  const data = new Float32Array(2 * tileHeight * tileWidth).fill(mean, 0, tileHeight * tileWidth);
  data.fill(variance, tileHeight * tileWidth);
  return call.own(compute.upload({ data, channels: 2, height: tileHeight, width: tileWidth }));
}

/**
 * `input` enlarged x2 by an upscaler in stages; owned by the call. Each stage runs in tiles over the whole before the next begins, and
 * its norm is told mean and variance of the whole, so that no tile's border shows. Networks live as long as their stage.
 */
export async function runStages<T extends Tensor>(
  device: Device<T>,
  stages: readonly PlannedStage[],
  input: T,
  call: Call,
): Promise<T> {
  const { compute, precision } = device;
  const networks = createNetworkCache(compute, precision);
  const tiles = stages.reduce((sum, { plan }) => sum + plan.tiles.length, 0);
  let done = 0;
  function letGo(tensor: T): void {
    if (tensor !== input) call.keep(tensor).dispose();
  }
  async function run({ model, stage, plan, gives }: PlannedStage, before: T): Promise<T> {
    const from = stage.isShortcut ? input : before;
    const beside = stage.isNormalised ? await momentPlanes(device, from, plan, call) : undefined;
    const { height, width } = times(from, stage.factor);
    const whole = stage.isShortcut ? before : call.own(compute.zeros(gives, height, width));
    const job = { model, scale: 2, input: from, plan, inputFactor: 1, outputFactor: stage.factor } as const;
    await runTiles(
      { ...device, networks },
      { ...job, ...(beside && { beside }), span: 'upscaleMs', progress: null },
      call,
      async ({ output, from: core, tile }) => {
        const at = { y: tile.input.y * stage.factor, x: tile.input.x * stage.factor };
        const weights = coreWeights(core, output);
        await timed(call, 'upscaleMs', compute, () => compute.accumulate(whole, output, at, weights));
        done += 1;
        call.tell('upscale', done, tiles);
      },
    );
    if (beside) letGo(beside);
    if (!stage.isShortcut) letGo(before);
    return whole;
  }
  let current = input;
  call.tell('upscale', 0, tiles);
  try {
    for (const stage of stages) {
      await breathe(call);
      current = await run(stage, current);
      await networks.keepOnly([]);
    }
    return current;
  } finally {
    await networks.keepOnly([]);
  }
}
