import { estimateMemory } from '../../src/core/graph/index.ts';
import type { Planes } from '../../src/core/pixels.ts';
import { type Call, trusted } from '../pipeline/call.ts';
import type { Compute, Tensor } from '../pipeline/compute.ts';
import { prepareDecoding } from '../pipeline/decode-step.ts';
import type { Device } from '../pipeline/device.ts';
import type { Model } from '../pipeline/model.ts';
import { planFor, runToTensor, type TiledRun } from '../pipeline/tiled-run.ts';
import { inputFactorOf, testInput } from './test-input.ts';

/**
 * How far half precision may be from float32, as a part of the largest value. It keeps 11 bits through some twenty layers: measured are
 * 0.4 % for decoders and 1 % for upscalers and encoders, on Mesa's lavapipe. A graph that saturates or overlaps is off by 10 % and more.
 */
export const F16_TOLERANCE = 0.03;

/** Sides in cells: of the small input, and of the tiles that a large one is cut into where halos allow. */
const SMALL = 8;
const TILE = 12;

/** One input, and how it is run. */
interface Trial {
  readonly height: number;
  readonly width: number;
  readonly scale: 2 | 4 | null;
  readonly isTiled: boolean;
}

/** Every head on a small input, and the first on a longer one: whole, then in tiles, two of them where halos are wide. */
function trialsOf({ description: { scales, radius, tileStep } }: Model): readonly Trial[] {
  const heads = scales.length > 0 ? scales : [null];
  const [first = null] = heads;
  const width = Math.max(20, 2 * (Math.ceil(radius.cells) + tileStep));
  const large = { height: SMALL, width, scale: first } as const;
  return [
    ...heads.map((scale) => ({ height: SMALL, width: SMALL, scale, isTiled: false })),
    { ...large, isTiled: false },
    { ...large, isTiled: true },
  ];
}

/** The same device with room for tiles of `TILE` cells only. */
function cramped<T extends Tensor>(device: Device<T>, model: Model, scale: Trial['scale']): Device<T> {
  const { pace: _, ...compute } = device.compute;
  const side = TILE * inputFactorOf(model);
  const { largestActivationBytes } = estimateMemory(model.description, model.state, {
    ...{ height: side, width: side, precision: device.precision },
    ...(scale !== null && { scale }),
  });
  const small: Compute<T> = { ...compute, maxTileCells: TILE, tensorLimitBytes: largestActivationBytes };
  return { ...device, compute: small };
}

/** What a model makes of a trial's input, and in how many tiles. */
async function runTrial<T extends Tensor>(
  device: Device<T>,
  model: Model,
  trial: Trial,
  call: Call,
): Promise<{ readonly output: Planes; readonly tiles: number }> {
  const { scale, isTiled } = trial;
  const { compute } = device;
  const input = call.own(compute.upload(testInput(model, trial)));
  const on = isTiled ? cramped(device, model, scale) : device;
  const inputFactor = inputFactorOf(model);
  const job: TiledRun<T> =
    model.description.role === 'decoder'
      ? await prepareDecoding(on, model, input, call)
      : {
          ...{ model, scale, input, inputFactor, span: 'decodeMs', progress: null },
          plan: planFor(on, model, trial, { inputFactor, scale }),
          outputFactor: scale ?? 1,
        };
  const output = await runToTensor(on, { ...job, progress: null }, call);
  return {
    output: await trusted(call, compute, () => compute.download(output)),
    tiles: job.plan.tiles.length,
  };
}

/** The largest difference, as a part of the largest value expected; Infinity as soon as one value is no number. */
export function relativeDifference(found: Float32Array, expected: Float32Array): number {
  let [largest, difference] = [1e-6, found.length === expected.length ? 0 : Number.POSITIVE_INFINITY];
  for (let i = 0; i < expected.length; i += 1) {
    const [a, b] = [found[i] ?? Number.NaN, expected[i] ?? Number.NaN];
    largest = Math.max(largest, Math.abs(b));
    const off = Math.abs(a - b);
    if (!(off <= difference)) difference = Number.isNaN(off) ? Number.POSITIVE_INFINITY : off;
  }
  return difference / largest;
}

/**
 * Whether a network gives in half precision what it gives in float32 on `reference`: at two sizes, whole and in tiles. Null when it
 * does, else what came out, as a part of a sentence.
 */
export async function runTrustTest<T extends Tensor, R extends Tensor>(
  device: Device<T>,
  reference: Device<R>,
  model: Model,
  call: Call,
): Promise<string | null> {
  for (const trial of trialsOf(model)) {
    const { output, tiles } = await runTrial(device, model, trial, call);
    const expected = await runTrial(reference, model, trial, call);
    const off = relativeDifference(output.data, expected.output.data);
    if (off <= F16_TOLERANCE) continue;
    const unit = model.description.role === 'pixel-upscaler' ? 'pixels' : 'cells';
    const at = `at ${trial.height}x${trial.width} ${unit}${tiles > 1 ? ` in ${tiles} tiles` : ''}`;
    return Number.isFinite(off)
      ? `${model.file} comes out ${(100 * off).toFixed(1)} % off ${at} in ${device.precision}`
      : `${model.file} gives values that are no numbers ${at} in ${device.precision}`;
  }
  return null;
}
