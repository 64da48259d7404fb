import { methodOf } from '../../src/contract/methods.ts';
import { AppError } from '../../src/core/errors.ts';
import type { Latent, LatentSpace } from '../../src/core/latent/latent.ts';
import type { Painter, Tensor } from './compute.ts';
import { prepareDecoding } from './decode-stage.ts';
import { factorOf, type PictureJob, requireRole } from './job-rules.ts';
import {
  applyUpscaler,
  type DeviceLatent,
  downloadLatent,
  inSpace,
  onDevice,
  requireFit,
  stretchLatent,
} from './latent-stage.ts';
import type { PipelineModels } from './model.ts';
import { paint, paintEnlarged, paintWhole } from './picture-stage.ts';
import type { Run } from './run.ts';
import { runTiles, runToTensor, type Workshop } from './tiled-run.ts';

/** A job on a latent in memory (a DecodeJob), or on one that is on the device already and stays its owner's. */
interface Job<T extends Tensor> extends PictureJob {
  readonly latent: Latent | DeviceLatent<T>;
}

/** The latent as it is or enlarged by `method`; in `space` unless an upscaler of another space made it. */
async function enlarged<T extends Tensor>(
  workshop: Workshop<T>,
  models: PipelineModels,
  job: Job<T>,
  space: LatentSpace,
  run: Run,
): Promise<DeviceLatent<T>> {
  const { latent } = job;
  const factor = factorOf(job);
  const { domain, role, kernel } = methodOf(job.method);
  const wanted = domain === 'latent' ? factor : null;
  if (role !== null && wanted !== null) {
    const upscaler = requireRole(models, role, job.method);
    requireFit(upscaler, latent);
    const from = await onDevice(workshop, latent, upscaler.description.space, run);
    return { ...from, tensor: await applyUpscaler(workshop, upscaler, wanted, from.tensor, run) };
  }
  const from = await onDevice(workshop, latent, space, run);
  return kernel !== null && wanted !== null ? stretchLatent(workshop, from, wanted, kernel, run) : from;
}

/** The picture of a job, painted on a surface as it comes about. Tensors are owned by the call. */
export async function renderJob<T extends Tensor, P extends Painter<T>>(
  workshop: Workshop<T>,
  models: PipelineModels,
  job: Job<T>,
  openSurface: (height: number, width: number) => P,
  run: Run,
): Promise<{ surface: P; tiles: number }> {
  const decoder = requireRole(models, 'decoder', job.method);
  requireFit(decoder, job.latent);
  const { pixelRange, space } = decoder.description;
  const latent = await inSpace(workshop, await enlarged(workshop, models, job, space, run), space, run);
  const decoding = await prepareDecoding(workshop, decoder, latent.tensor, run);
  if (methodOf(job.method).domain === 'pixel') {
    const tensor = await runToTensor(workshop, decoding, run);
    return paintEnlarged(workshop, models, job, { tensor, range: pixelRange }, openSurface, run);
  }
  const { outputFactor, plan, input } = decoding;
  const surface = openSurface(input.height * outputFactor, input.width * outputFactor);
  if (decoding.model.description.radius.exact || plan.tiles.length === 1) {
    await runTiles(workshop, decoding, run, (piece) => paint(workshop, surface, piece, pixelRange, run));
  } else {
    // Tiles that are blended are final only when their neighbours are done.
    const output = await runToTensor(workshop, decoding, run);
    await paintWhole(workshop, surface, output, pixelRange, run);
  }
  return { surface, tiles: plan.tiles.length };
}

/** The job's enlarged latent on the device, in the space it was given in; owned by the call. */
export async function upscaleOnDevice<T extends Tensor>(
  workshop: Workshop<T>,
  models: PipelineModels,
  job: Job<T>,
  run: Run,
): Promise<DeviceLatent<T>> {
  if (methodOf(job.method).domain === 'pixel')
    throw new AppError(
      'engine/run',
      `The method "${job.method}" enlarges the picture and has no latent to give.`,
    );
  const { space } = job.latent;
  return inSpace(workshop, await enlarged(workshop, models, job, space, run), space, run);
}

/** The job's enlarged latent in memory, in the space it was given in. */
export const upscaleLatent = async <T extends Tensor>(
  workshop: Workshop<T>,
  models: PipelineModels,
  job: Job<T>,
  run: Run,
): Promise<Latent> => downloadLatent(workshop, await upscaleOnDevice(workshop, models, job, run), run);
