import type { DecodeJob } from '../src/contract/engine.ts';
import { AppError } from '../src/core/errors.ts';
import { splitDecoder } from '../src/core/graph/index.ts';
import type { Latent, LatentSpace } from '../src/core/latent/latent.ts';
import { crop, type PixelRange, type Planes, wholeOf } from '../src/core/pixels.ts';
import type { Rect } from '../src/core/tiles.ts';
import type { Surface, Tensor } from './compute.ts';
import {
  applyUpscaler,
  type DeviceLatent,
  downloadLatent,
  inSpace,
  requireFit,
  stretchLatent,
  uploadLatent,
} from './latent-stage.ts';
import type { Model } from './model.ts';
import { breathe, type Run, timed } from './run.ts';
import { planFor, runTiles, runToTensor, type TiledRun, type Workshop } from './tiled-run.ts';

/** The models that the methods draw on. */
export interface PipelineModels {
  readonly decoder: Model;
  readonly upscaler: Model | null;
  readonly encoder: Model | null;
  readonly pixelUpscaler: Model | null;
}

/** Rows of an enlarged picture that the pixel-space methods make at once: 4096 x 512 x 3 float32 is 25 MB. */
const STRIP_ROWS = 512;

function requireRole(model: Model | null, role: Model['description']['role'], method: string): Model {
  if (model?.description.role === role) return model;
  throw new AppError(
    'engine/not-loaded',
    `"${method}" needs ${role === 'encoder' ? 'an' : 'a'} ${role}, and none is loaded${model === null ? '' : ` (${model.description.title} is something else)`}. Load one and try again.`,
  );
}

/** Factor of a job that enlarges; throws engine/run for a pair of method and scale that does not exist. */
function factorOf({ scale, method }: DecodeJob): 2 | 4 | null {
  if ((method === 'decode') === (scale === 1)) return scale === 1 ? null : scale;
  throw new AppError(
    'engine/run',
    `The method "${method}" does not exist at scale ${scale}: "decode" is for scale 1, the others for 2 and 4.`,
  );
}

/**
 * A decoder ready to run on `input`, in one piece or in tiles. One that sees the whole picture (a context vector, pooling,
 * attention) is cut at its seam when tiles are needed: the part at latent resolution runs here, whole, and tiles are left
 * for the part that makes pixels.
 */
async function prepareDecoding<T extends Tensor>(
  workshop: Workshop<T>,
  model: Model,
  input: T,
  run: Run,
): Promise<TiledRun<T>> {
  const options = { inputFactor: 1, scale: null } as const;
  const common = { ...options, part: 'decodeMs' } as const;
  const outputFactor = model.description.pixelsPerCell;
  const plan = planFor(workshop, model, input, options);
  const { exact } = model.description.radius;
  const parts = exact || plan.tiles.length === 1 ? null : splitDecoder(model.description);
  if (parts === null) return { ...common, model, input, plan, outputFactor, progress: 'decode' };
  const [latentPart, pixelPart] = parts.map((description) => ({ ...model, description })) as [Model, Model];
  const features = await runToTensor(
    workshop,
    {
      ...common,
      model: latentPart,
      input,
      plan: planFor(workshop, latentPart, input, options),
      outputFactor: 1,
      progress: null,
    },
    run,
  );
  return {
    ...common,
    model: pixelPart,
    input: features,
    plan: planFor(workshop, pixelPart, features, options),
    outputFactor,
    progress: 'decode',
  };
}

/** The latent as it is or enlarged by `method`; in `space` unless an upscaler of another space made it. */
async function enlarged<T extends Tensor>(
  workshop: Workshop<T>,
  models: Pick<PipelineModels, 'upscaler'>,
  job: DecodeJob,
  space: LatentSpace,
  run: Run,
): Promise<DeviceLatent<T>> {
  const { latent, method } = job;
  const factor = factorOf(job);
  if (method === 'lua' && factor !== null) {
    const upscaler = requireRole(models.upscaler, 'upscaler', method);
    requireFit(upscaler, latent);
    const from = uploadLatent(workshop, latent, upscaler.description.space, run);
    return { ...from, tensor: await applyUpscaler(workshop, upscaler, factor, from.tensor, run) };
  }
  const from = uploadLatent(workshop, latent, space, run);
  return method === 'latent-bicubic' && factor !== null ? stretchLatent(workshop, from, factor, run) : from;
}

/** Paints one piece and, when the picture comes in several, shows it. */
async function paint<T extends Tensor>(
  { compute }: Workshop<T>,
  surface: Surface<T, ImageBitmap>,
  piece: {
    readonly output: T;
    readonly from: Rect;
    readonly at: { readonly y: number; readonly x: number };
    readonly count: number;
  },
  range: 'unit' | 'signed',
  run: Run,
): Promise<void> {
  const { output, from, at, count } = piece;
  const bitmap = await timed(run, 'presentMs', compute, () =>
    surface.paint(output, from, range, at, count > 1),
  );
  if (bitmap !== null)
    run.report({ kind: 'paint', bitmap, x: at.x, y: at.y, width: from.width, height: from.height });
}

/** RGB planes of one range in another: a decoder of [-1,1] and an upscaler of [0,1] are often of different makers. */
function inRange<T extends Tensor>(
  { compute }: Workshop<T>,
  picture: T,
  from: PixelRange,
  to: PixelRange,
  run: Run,
): T {
  if (from === to) return picture;
  const { channels, height, width } = picture;
  const [scale, shift] = to === 'unit' ? [0.5, 0.5] : [2, -1];
  const data = new Float32Array(channels * height * width).fill(shift);
  const target = run.own(compute.upload({ data, channels, height, width }));
  const rows = new Float32Array(height).fill(scale);
  compute.accumulate(target, picture, { y: 0, x: 0 }, { rows, columns: new Float32Array(width).fill(1) });
  return target;
}

/** The decoder's picture enlarged in pixel space, painted strip by strip. */
async function paintEnlarged<T extends Tensor>(
  workshop: Workshop<T>,
  upscaler: Model | null,
  job: DecodeJob,
  picture: { readonly tensor: T; readonly range: 'unit' | 'signed' },
  openSurface: (height: number, width: number) => Surface<T, ImageBitmap>,
  run: Run,
): Promise<{ surface: Surface<T, ImageBitmap>; tiles: number }> {
  const { compute } = workshop;
  const factor = factorOf(job) ?? 1;
  const target = { height: picture.tensor.height * factor, width: picture.tensor.width * factor };
  const surface = openSurface(target.height, target.width);
  if (job.method === 'pixel-upscaler' && factor !== 1) {
    const model = requireRole(upscaler, 'pixel-upscaler', job.method);
    const { pixelRange } = model.description;
    const input = inRange(workshop, picture.tensor, picture.range, pixelRange, run);
    const output = await applyUpscaler(workshop, model, factor, input, run);
    await paint(
      workshop,
      surface,
      { output, from: wholeOf(output), at: { y: 0, x: 0 }, count: 1 },
      pixelRange,
      run,
    );
    return { surface, tiles: 1 };
  }
  const kernel = job.method === 'pixel-lanczos' ? 'lanczos3' : 'bicubic';
  const count = Math.ceil(target.height / STRIP_ROWS);
  for (let k = 0; k < count; k += 1) {
    await breathe(run);
    const y = k * STRIP_ROWS;
    const rect = { y, x: 0, height: Math.min(STRIP_ROWS, target.height - y), width: target.width };
    const output = await timed(run, 'upscaleMs', compute, () =>
      compute.resample(picture.tensor, target, kernel, rect),
    );
    await paint(
      workshop,
      surface,
      { output, from: wholeOf(output), at: { y, x: 0 }, count },
      picture.range,
      run,
    );
    output.dispose();
    run.report({ kind: 'upscale', tile: k + 1, tiles: count });
  }
  return { surface, tiles: count };
}

/** The picture of a job, painted on a surface as it comes about. Tensors are owned by the call. */
export async function renderJob<T extends Tensor>(
  workshop: Workshop<T>,
  models: PipelineModels,
  job: DecodeJob,
  openSurface: (height: number, width: number) => Surface<T, ImageBitmap>,
  run: Run,
): Promise<{ surface: Surface<T, ImageBitmap>; tiles: number }> {
  const { decoder } = models;
  requireFit(decoder, job.latent);
  const { pixelRange, space } = decoder.description;
  const latent = await inSpace(workshop, await enlarged(workshop, models, job, space, run), space, run);
  const decoding = await prepareDecoding(workshop, decoder, latent.tensor, run);
  if (job.method.startsWith('pixel-')) {
    const tensor = await runToTensor(workshop, decoding, run);
    return paintEnlarged(
      workshop,
      models.pixelUpscaler,
      job,
      { tensor, range: pixelRange },
      openSurface,
      run,
    );
  }
  const { outputFactor, plan, input } = decoding;
  const surface = openSurface(input.height * outputFactor, input.width * outputFactor);
  if (decoding.model.description.radius.exact || plan.tiles.length === 1) {
    await runTiles(workshop, decoding, run, (piece) => paint(workshop, surface, piece, pixelRange, run));
  } else {
    // Tiles that are blended are final only when their neighbours are done.
    const output = await runToTensor(workshop, decoding, run);
    await paint(
      workshop,
      surface,
      { output, from: wholeOf(output), at: { y: 0, x: 0 }, count: 1 },
      pixelRange,
      run,
    );
  }
  return { surface, tiles: plan.tiles.length };
}

/** The picture of a latent as RGB planes in the decoder's own range: for measuring, not for showing. */
export async function decodeToPlanes<T extends Tensor>(
  workshop: Workshop<T>,
  decoder: Model,
  latent: Latent,
  run: Run,
): Promise<Planes> {
  requireFit(decoder, latent);
  const { tensor } = uploadLatent(workshop, latent, decoder.description.space, run);
  const decoding = await prepareDecoding(workshop, decoder, tensor, run);
  return workshop.compute.download(await runToTensor(workshop, decoding, run));
}

/** The job's enlarged latent, in the space it was given in. */
export async function upscaleLatent<T extends Tensor>(
  workshop: Workshop<T>,
  models: Pick<PipelineModels, 'upscaler'>,
  job: DecodeJob,
  run: Run,
): Promise<Latent> {
  if (job.method.startsWith('pixel-'))
    throw new AppError(
      'engine/run',
      `The method "${job.method}" enlarges the picture and has no latent to give.`,
    );
  const { space } = job.latent;
  const result = await inSpace(workshop, await enlarged(workshop, models, job, space, run), space, run);
  return downloadLatent(workshop, result);
}

/** The latent of RGB planes (in the encoder's range), model space; the picture is cropped to whole cells. */
export async function encodePlanes<T extends Tensor>(
  workshop: Workshop<T>,
  model: Model | null,
  picture: Planes,
  run: Run,
): Promise<Latent> {
  const encoder = requireRole(model, 'encoder', 'encode');
  const { pixelsPerCell, families, space } = encoder.description;
  const [height, width] = [
    Math.floor(picture.height / pixelsPerCell),
    Math.floor(picture.width / pixelsPerCell),
  ];
  const [family] = families;
  if (height === 0 || width === 0 || family === undefined)
    throw new AppError(
      'latent/empty',
      `A picture of ${picture.width}x${picture.height} pixels is smaller than one cell of ${pixelsPerCell}x${pixelsPerCell}. Choose a larger picture.`,
    );
  const rect = { y: 0, x: 0, height: height * pixelsPerCell, width: width * pixelsPerCell };
  const input = run.own(workshop.compute.upload(crop(picture, rect)));
  const plan = planFor(workshop, encoder, { height, width }, { inputFactor: pixelsPerCell, scale: null });
  const job = {
    model: encoder,
    scale: null,
    input,
    plan,
    inputFactor: pixelsPerCell,
    outputFactor: 1,
  } as const;
  const tensor = await runToTensor(workshop, { ...job, part: 'encodeMs', progress: 'encode' }, run);
  return downloadLatent(workshop, await inSpace(workshop, { tensor, family, space }, 'model', run));
}
