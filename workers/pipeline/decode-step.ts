import { clipDecoder, splitDecoder } from '../../src/core/graph/index.ts';
import type { Latent } from '../../src/core/latent/latent.ts';
import type { Planes } from '../../src/core/pixels.ts';
import { type Call, trusted } from './call.ts';
import type { Tensor } from './compute.ts';
import type { Device } from './device.ts';
import { type DeviceLatent, onDevice, requireFit } from './latent-step.ts';
import type { Model } from './model.ts';
import { planFor, runToTensor, type TiledRun } from './tiled-run.ts';

/** A latent without the earlier frames that the decoder does not look at. */
export function trimmed<L extends Latent | DeviceLatent<Tensor>>({ description }: Model, latent: L): L {
  const { framesBefore = 0 } = description;
  if (latent.before === undefined) return latent;
  return {
    ...latent,
    before: latent.before.slice(latent.before.length - Math.min(framesBefore, latent.before.length)),
  };
}

/**
 * A decoder ready to run on `input`, in one piece or in tiles. One that sees the whole picture (a context vector, pooling,
 * attention) is cut at its seam when tiles are needed: the part at latent resolution runs here, whole, and tiles are left
 * for the part that makes pixels.
 */
export async function prepareDecoding<T extends Tensor>(
  device: Device<T>,
  model: Model,
  input: T,
  call: Call,
): Promise<TiledRun<T>> {
  const options = { inputFactor: 1, scale: null } as const;
  const common = { ...options, span: 'decodeMs' } as const;
  const outputFactor = model.description.pixelsPerCell;
  const plan = planFor(device, model, input, options);
  const { exact } = model.description.radius;
  const parts = exact || plan.tiles.length === 1 ? null : splitDecoder(model.description);
  if (parts === null) return { ...common, model, input, plan, outputFactor, progress: 'decode' };
  const [latentPart, pixelPart] = parts.map((description) => ({ ...model, description })) as [Model, Model];
  const features = await runToTensor(
    device,
    {
      ...common,
      model: latentPart,
      input,
      plan: planFor(device, latentPart, input, options),
      outputFactor: 1,
      progress: null,
    },
    call,
  );
  return {
    ...common,
    model: pixelPart,
    input: features,
    plan: planFor(device, pixelPart, features, options),
    outputFactor,
    progress: 'decode',
  };
}

/**
 * A decoder ready to run on a latent: a frame of a video in one piece with those before it, for a decoder that remembers; see
 * `prepareDecoding` for the rest.
 */
export function prepareLatent<T extends Tensor>(
  device: Device<T>,
  model: Model,
  { tensor, before = [], moment = Number.MAX_SAFE_INTEGER }: DeviceLatent<T>,
  call: Call,
): Promise<TiledRun<T>> {
  if (before.length === 0) return prepareDecoding(device, model, tensor, call);
  const clip = call.own(device.compute.stack([...before, tensor]));
  const description = clipDecoder(model.description, before.length + 1, moment);
  return prepareDecoding(device, { ...model, description }, clip, call);
}

/** The picture of a latent as RGB planes on the device, in the decoder's own range; owned by the call. */
export async function decodeToTensor<T extends Tensor>(
  device: Device<T>,
  decoder: Model,
  latent: Latent | DeviceLatent<T>,
  call: Call,
): Promise<T> {
  requireFit(decoder, latent);
  const placed = await onDevice(device, trimmed(decoder, latent), decoder.description.space, call);
  return runToTensor(device, await prepareLatent(device, decoder, placed, call), call);
}

/** The picture of a latent as RGB planes in the decoder's own range: for measuring, not for showing. */
export async function decodeToPlanes<T extends Tensor>(
  device: Device<T>,
  decoder: Model,
  latent: Latent,
  call: Call,
): Promise<Planes> {
  const output = await decodeToTensor(device, decoder, latent, call);
  return trusted(call, device.compute, () => device.compute.download(output));
}
