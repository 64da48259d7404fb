import { AppError } from '../../src/core/errors.ts';
import type { Latent, LatentSpace } from '../../src/core/latent/latent.ts';
import { toSpace } from '../../src/core/latent/to-space.ts';
import { wholeOf } from '../../src/core/pixels.ts';
import type { Kernel } from '../../src/core/resample.ts';
import type { Tensor } from './compute.ts';
import type { Model } from './model.ts';
import { breathe, type Run, timed, trusted } from './run.ts';
import { planFor, runToTensor, type Workshop } from './tiled-run.ts';

/** A latent on the device; its tensor is owned by the call. */
export interface DeviceLatent<T extends Tensor> {
  readonly tensor: T;
  readonly family: Latent['family'];
  readonly space: LatentSpace;
}

/** Throws model/mismatch when `model` is not for latents of this many channels. */
export function requireFit(model: Model, latent: Latent | DeviceLatent<Tensor>): void {
  const { channels, role, title } = model.description;
  const found = 'tensor' in latent ? latent.tensor.channels : latent.channels;
  if (found === channels) return;
  throw new AppError(
    'model/mismatch',
    `The latent has ${found} channels (${latent.family}), but the loaded ${role}, ${title}, takes ${channels}. Choose a ${role} for ${latent.family}, or correct the latent's family.`,
    { detail: { channels: found, family: latent.family, model: model.id } },
  );
}

/** Puts a latent on the device in the space that a model eats. */
export function uploadLatent<T extends Tensor>(
  { compute }: Workshop<T>,
  latent: Latent,
  space: LatentSpace,
  run: Run,
): DeviceLatent<T> {
  const { data, channels, height, width } = toSpace(latent, space);
  const tensor = run.own(compute.upload({ data, channels, height, width }));
  return { tensor, family: latent.family, space };
}

export async function downloadLatent<T extends Tensor>(
  { compute }: Workshop<T>,
  { tensor, family, space }: DeviceLatent<T>,
  run: Run,
): Promise<Latent> {
  const planes = await trusted(run, compute, () => compute.download(tensor));
  const { data, channels, height, width } = planes;
  return { data, channels, height, width, family, space };
}

/** A latent, from memory or already on the device, there and in `space`. */
export const onDevice = async <T extends Tensor>(
  workshop: Workshop<T>,
  latent: Latent | DeviceLatent<T>,
  space: LatentSpace,
  run: Run,
): Promise<DeviceLatent<T>> =>
  'tensor' in latent ? inSpace(workshop, latent, space, run) : uploadLatent(workshop, latent, space, run);

/** The same latent in `space`. Models of one release share their space; only foreign pairs pay for a trip over the CPU. */
export async function inSpace<T extends Tensor>(
  workshop: Workshop<T>,
  from: DeviceLatent<T>,
  space: LatentSpace,
  run: Run,
): Promise<DeviceLatent<T>> {
  if (from.space === space) return from;
  return uploadLatent(workshop, await downloadLatent(workshop, from, run), space, run);
}

/** The heads to apply one after the other for a factor: the one made for it, or x2 twice. */
function headsFor(model: Model, scale: 2 | 4): readonly (2 | 4)[] {
  const { scales, title } = model.description;
  if (scales.includes(scale)) return [scale];
  if (scale === 4 && scales.includes(2)) return [2, 2];
  throw new AppError(
    'model/mismatch',
    `The loaded upscaler, ${title}, offers x${scales.join(', x')} but not x${scale}. Choose another scale or upscaler.`,
  );
}

/**
 * `input` enlarged by an upscaler network, latent or pixel-space; owned by the call. Whole where memory allows, since window
 * attention makes tiles inexact; else tiles blended over their overlap.
 */
export async function applyUpscaler<T extends Tensor>(
  workshop: Workshop<T>,
  model: Model,
  scale: 2 | 4,
  input: T,
  run: Run,
): Promise<T> {
  let current = input;
  for (const head of headsFor(model, scale)) {
    const plan = planFor(workshop, model, current, { inputFactor: 1, scale: head });
    const job = { model, scale: head, input: current, plan, inputFactor: 1, outputFactor: head } as const;
    current = await runToTensor(workshop, { ...job, part: 'upscaleMs', progress: 'upscale' }, run);
  }
  return current;
}

/** A filter on every channel of a latent. */
export async function stretchLatent<T extends Tensor>(
  { compute }: Workshop<T>,
  from: DeviceLatent<T>,
  scale: 2 | 4,
  kernel: Kernel,
  run: Run,
): Promise<DeviceLatent<T>> {
  await breathe(run);
  const target = { height: from.tensor.height * scale, width: from.tensor.width * scale };
  const tensor = await timed(run, 'upscaleMs', compute, () =>
    compute.resample(from.tensor, target, kernel, wholeOf(target)),
  );
  run.report({ kind: 'upscale', tile: 1, tiles: 1 });
  return { ...from, tensor: run.own(tensor) };
}
