import { AppError } from '../../src/core/errors.ts';
import type { Latent } from '../../src/core/latent/latent.ts';
import { crop, type Planes } from '../../src/core/pixels.ts';
import type { Call } from './call.ts';
import type { Tensor } from './compute.ts';
import type { Device } from './device.ts';
import { requireRole } from './job-rules.ts';
import { downloadLatent, inSpace } from './latent-step.ts';
import type { PipelineModels } from './model.ts';
import { planFor, runToTensor } from './tiled-run.ts';

/** The latent of RGB planes (in the encoder's range), model space; the picture is cropped to whole cells. */
export async function encodePlanes<T extends Tensor>(
  device: Device<T>,
  models: PipelineModels,
  picture: Planes,
  call: Call,
): Promise<Latent> {
  const encoder = requireRole(models, 'encoder', 'encode');
  const { pixelsPerCell, families, space } = encoder.description;
  const [height, width] = [
    Math.floor(picture.height / pixelsPerCell),
    Math.floor(picture.width / pixelsPerCell),
  ];
  const [family] = families;
  if (height === 0 || width === 0 || family === undefined) {
    throw new AppError(
      'latent/empty',
      `A picture of ${picture.width}x${picture.height} pixels is smaller than one cell of ${pixelsPerCell}x${pixelsPerCell}. Choose a larger picture.`,
    );
  }
  const rect = { y: 0, x: 0, height: height * pixelsPerCell, width: width * pixelsPerCell };
  const input = call.own(device.compute.upload(crop(picture, rect)));
  const plan = planFor(device, encoder, { height, width }, { inputFactor: pixelsPerCell, scale: null });
  const job = {
    model: encoder,
    scale: null,
    input,
    plan,
    inputFactor: pixelsPerCell,
    outputFactor: 1,
  } as const;
  const tensor = await runToTensor(device, { ...job, span: 'encodeMs', progress: 'encode' }, call);
  return downloadLatent(device, await inSpace(device, { tensor, family, space }, 'model', call), call);
}
