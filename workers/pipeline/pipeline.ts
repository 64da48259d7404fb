import { methodOf } from '../../src/contract/methods.ts';
import { AppError } from '../../src/core/errors.ts';
import type { Latent, LatentSpace } from '../../src/core/latent/latent.ts';
import { outward } from '../../src/core/tiles.ts';
import type { Call } from './call.ts';
import type { Painter, Tensor } from './compute.ts';
import { prepareLatent, trimmed } from './decode-step.ts';
import type { Device } from './device.ts';
import { factorOf, type LatentJob, type PictureJob, requireRole } from './job-rules.ts';
import {
  applyUpscaler,
  type DeviceLatent,
  downloadLatent,
  eachFrame,
  inSpace,
  onDevice,
  requireFit,
  stretchLatent,
} from './latent-step.ts';
import type { PipelineModels } from './model.ts';
import { paint, paintEnlarged, paintWhole } from './picture-step.ts';
import { runTiles, runToTensor } from './tiled-run.ts';

/** What a job works on: a latent in memory (a DecodeJob), or one that is on the device already and stays its owner's. */
interface On<T extends Tensor> {
  readonly latent: Latent | DeviceLatent<T>;
}

/** The latent as it is or enlarged by `method`; in `space` unless an upscaler of another space made it. */
async function enlarged<T extends Tensor>(
  device: Device<T>,
  models: PipelineModels,
  job: LatentJob & On<T>,
  space: LatentSpace,
  call: Call,
): Promise<DeviceLatent<T>> {
  const { latent } = job;
  const factor = factorOf(job);
  const { domain, role, kernel } = methodOf(job.method);
  const wanted = domain === 'latent' ? factor : null;
  if (role !== null && wanted !== null) {
    const upscaler = requireRole(models, role, job.method);
    requireFit(upscaler, latent);
    const { spaces, space: usual } = upscaler.description;
    const from = await onDevice(device, latent, spaces?.[latent.family] ?? usual, call);
    return eachFrame(from, (frame) => applyUpscaler(device, upscaler, wanted, frame, call));
  }
  const from = await onDevice(device, latent, space, call);
  return kernel !== null && wanted !== null ? stretchLatent(device, from, wanted, kernel, call) : from;
}

/** The picture of a job, painted on a surface as it comes about. Tensors are owned by the call. */
export async function renderJob<T extends Tensor, P extends Painter<T>>(
  device: Device<T>,
  models: PipelineModels,
  job: PictureJob & On<T>,
  openSurface: (height: number, width: number) => P,
  call: Call,
): Promise<{ surface: P; tiles: number }> {
  const decoder = requireRole(models, 'decoder', job.method);
  requireFit(decoder, job.latent);
  const { pixelRange, space } = decoder.description;
  const larger = await enlarged(
    device,
    models,
    { ...job, latent: trimmed(decoder, job.latent) },
    space,
    call,
  );
  const latent = await inSpace(device, larger, space, call);
  const decoding = await prepareLatent(device, decoder, latent, call);
  if (methodOf(job.method).domain === 'pixel') {
    const tensor = await runToTensor(device, decoding, call);
    return paintEnlarged(device, models, job, { tensor, range: pixelRange }, openSurface, call);
  }
  const { outputFactor, input } = decoding;
  const plan = outward(decoding.plan, input, job.from ?? { x: 0.5, y: 0.5 });
  const surface = openSurface(input.height * outputFactor, input.width * outputFactor);
  if (decoding.model.description.radius.exact || plan.tiles.length === 1) {
    await runTiles(device, { ...decoding, plan }, call, (piece) =>
      paint(device, surface, piece, pixelRange, call),
    );
  } else {
    // Tiles that are blended are final only when their neighbours are done.
    const output = await runToTensor(device, decoding, call);
    await paintWhole(device, surface, output, pixelRange, call);
  }
  return { surface, tiles: plan.tiles.length };
}

/** The job's enlarged latent on the device, in the space it was given in; owned by the call. */
export async function upscaleOnDevice<T extends Tensor>(
  device: Device<T>,
  models: PipelineModels,
  job: LatentJob & On<T>,
  call: Call,
): Promise<DeviceLatent<T>> {
  if (methodOf(job.method).domain === 'pixel') {
    throw new AppError(
      'engine/run',
      `The method "${job.method}" enlarges the picture and has no latent to give.`,
    );
  }
  const { before: _, ...latent } = job.latent;
  return inSpace(
    device,
    await enlarged(device, models, { ...job, latent }, latent.space, call),
    latent.space,
    call,
  );
}

/** The job's enlarged latent in memory, in the space it was given in. */
export const upscaleLatent = async <T extends Tensor>(
  device: Device<T>,
  models: PipelineModels,
  job: LatentJob & On<T>,
  call: Call,
): Promise<Latent> => downloadLatent(device, await upscaleOnDevice(device, models, job, call), call);
