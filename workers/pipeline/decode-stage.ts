import { splitDecoder } from '../../src/core/graph/index.ts';
import type { Latent } from '../../src/core/latent/latent.ts';
import type { Planes } from '../../src/core/pixels.ts';
import type { Tensor } from './compute.ts';
import { type DeviceLatent, onDevice, requireFit } from './latent-stage.ts';
import type { Model } from './model.ts';
import { type Run, trusted } from './run.ts';
import { planFor, runToTensor, type TiledRun, type Workshop } from './tiled-run.ts';

/**
 * A decoder ready to run on `input`, in one piece or in tiles. One that sees the whole picture (a context vector, pooling,
 * attention) is cut at its seam when tiles are needed: the part at latent resolution runs here, whole, and tiles are left
 * for the part that makes pixels.
 */
export async function prepareDecoding<T extends Tensor>(
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

/** The picture of a latent as RGB planes on the device, in the decoder's own range; owned by the call. */
export async function decodeToTensor<T extends Tensor>(
  workshop: Workshop<T>,
  decoder: Model,
  latent: Latent | DeviceLatent<T>,
  run: Run,
): Promise<T> {
  requireFit(decoder, latent);
  const { tensor } = await onDevice(workshop, latent, decoder.description.space, run);
  return runToTensor(workshop, await prepareDecoding(workshop, decoder, tensor, run), run);
}

/** The picture of a latent as RGB planes in the decoder's own range: for measuring, not for showing. */
export async function decodeToPlanes<T extends Tensor>(
  workshop: Workshop<T>,
  decoder: Model,
  latent: Latent,
  run: Run,
): Promise<Planes> {
  const output = await decodeToTensor(workshop, decoder, latent, run);
  return trusted(run, workshop.compute, () => workshop.compute.download(output));
}
