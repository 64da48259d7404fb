import { AppError } from '../../src/core/errors.ts';
import { familyById } from '../../src/core/families/index.ts';
import type { FamilyId, Latent } from '../../src/core/latent/latent.ts';
import type { Call } from './call.ts';
import type { Tensor } from './compute.ts';
import type { Device } from './device.ts';
import { downloadLatent, requireFit, uploadLatent } from './latent-step.ts';
import type { PipelineModels } from './model.ts';
import { planFor, runToTensor } from './tiled-run.ts';

/** A latent as one of the family `to`, in memory, by the interposer of the plan; in the space that this gives. Throws model/mismatch. */
export async function convertLatent<T extends Tensor>(
  device: Device<T>,
  { interposer: model }: PipelineModels,
  latent: Latent,
  to: FamilyId,
  call: Call,
): Promise<Latent> {
  const gives = model?.description.gives;
  if (model === undefined || gives === undefined) {
    throw new AppError('model/missing', 'No interposer is loaded. Add one under Models.');
  }
  requireFit(model, latent);
  if (!gives.families.includes(to)) {
    throw new AppError(
      'model/mismatch',
      `${model.description.title} does not give latents of ${familyById(to).title}. Choose another interposer.`,
    );
  }
  const { tensor: input } = uploadLatent(device, latent, model.description.space, call);
  const plan = planFor(device, model, input, { inputFactor: 1, scale: null });
  const tensor = await runToTensor(
    device,
    {
      model,
      scale: null,
      input,
      plan,
      inputFactor: 1,
      outputFactor: 1,
      span: 'upscaleMs',
      progress: 'upscale',
    },
    call,
  );
  return downloadLatent(device, { tensor, family: to, space: gives.space }, call);
}
