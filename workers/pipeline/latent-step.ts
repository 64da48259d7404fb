import { AppError } from '../../src/core/errors.ts';
import { passesOf } from '../../src/core/graph/index.ts';
import type { Latent, LatentSpace } from '../../src/core/latent/latent.ts';
import { toSpace } from '../../src/core/latent/to-space.ts';
import { type Planes, wholeOf } from '../../src/core/pixels.ts';
import type { Kernel } from '../../src/core/resample.ts';
import type { TilePlan } from '../../src/core/tiles.ts';
import { breathe, type Call, timed, trusted } from './call.ts';
import type { Tensor } from './compute.ts';
import type { Device } from './device.ts';
import type { Model } from './model.ts';
import { planFor, runToTensor } from './tiled-run.ts';

/** A latent on the device; its tensor is owned by the call. */
export interface DeviceLatent<T extends Tensor> {
  readonly tensor: T;
  readonly family: Latent['family'];
  readonly space: LatentSpace;
  /** A video's frames before it, and which of its frame's pictures is meant, as a Latent tells them. */
  readonly before?: readonly T[];
  readonly moment?: number;
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
  { compute }: Device<T>,
  latent: Latent,
  space: LatentSpace,
  call: Call,
): DeviceLatent<T> {
  return deviceLatentOf(toSpace(latent, space), (planes) => call.own(compute.upload(planes)));
}

/** A latent with each of its frames as `upload` places it. */
export function deviceLatentOf<T extends Tensor>(
  { data, before, channels, height, width, family, space, moment }: Latent,
  upload: (planes: Planes) => T,
): DeviceLatent<T> {
  const place = (values: Float32Array): T => upload({ data: values, channels, height, width });
  return {
    tensor: place(data),
    family,
    space,
    ...(before && { before: before.map(place) }),
    ...(moment !== undefined && { moment }),
  };
}

export async function downloadLatent<T extends Tensor>(
  { compute }: Device<T>,
  { tensor, before, family, space, moment }: DeviceLatent<T>,
  call: Call,
): Promise<Latent> {
  const download = (from: T) => trusted(call, compute, () => compute.download(from));
  const { data, channels, height, width } = await download(tensor);
  const earlier: Float32Array[] = [];
  for (const frame of before ?? []) earlier.push((await download(frame)).data);
  return {
    ...{ data, channels, height, width, family, space },
    ...(before && { before: earlier }),
    ...(moment !== undefined && { moment }),
  };
}

/** The latent after `make`, its earlier frames as well. */
export async function eachFrame<T extends Tensor>(
  latent: DeviceLatent<T>,
  make: (frame: T) => Promise<T>,
): Promise<DeviceLatent<T>> {
  if (latent.before === undefined) return { ...latent, tensor: await make(latent.tensor) };
  const before: T[] = [];
  for (const frame of latent.before) before.push(await make(frame));
  return { ...latent, before, tensor: await make(latent.tensor) };
}

/** A latent, from memory or already on the device, there and in `space`. */
export const onDevice = async <T extends Tensor>(
  device: Device<T>,
  latent: Latent | DeviceLatent<T>,
  space: LatentSpace,
  call: Call,
): Promise<DeviceLatent<T>> =>
  'tensor' in latent ? inSpace(device, latent, space, call) : uploadLatent(device, latent, space, call);

/** The same latent in `space`. Models of one release share their space; only foreign pairs pay for a trip over the CPU. */
export async function inSpace<T extends Tensor>(
  device: Device<T>,
  from: DeviceLatent<T>,
  space: LatentSpace,
  call: Call,
): Promise<DeviceLatent<T>> {
  if (from.space === space) return from;
  return uploadLatent(device, await downloadLatent(device, from, call), space, call);
}

function headsFor({ description }: Model, scale: number): readonly number[] {
  const { scales, anyScaleTo, title } = description;
  const passes = passesOf(description, scale);
  if (passes !== null) return passes;
  const others = anyScaleTo === undefined ? '' : `, and any factor between 1 and ${anyScaleTo}`;
  throw new AppError(
    'model/mismatch',
    `The loaded upscaler, ${title}, offers x${scales.join(', x')}${others} but not x${scale}. Choose another scale or upscaler.`,
  );
}

/** Throws engine/run for tiles at a broken factor, whose filters would depend on where each one lies. */
function requireOnePiece({ tiles, tileHeight, tileWidth }: TilePlan, scale: number): void {
  if (tiles.length === 1 || Number.isInteger(scale)) return;
  throw new AppError(
    'engine/run',
    `At x${scale} a latent has to fit into the memory in one piece, which here ends at about ${Math.max(tileHeight, tileWidth)} cells a side. Choose x2, which runs in tiles, or a smaller latent.`,
  );
}

/**
 * `input` enlarged by an upscaler network, latent or pixel-space; owned by the call. Whole where memory allows, since window
 * attention makes tiles inexact; else in stages of exact tiles where the network is cut so; else tiles blended over their overlap.
 */
export async function applyUpscaler<T extends Tensor>(
  device: Device<T>,
  model: Model,
  scale: number,
  input: T,
  call: Call,
): Promise<T> {
  let current = input;
  for (const head of headsFor(model, scale)) {
    const plan = planFor(device, model, current, { inputFactor: 1, scale: head });
    requireOnePiece(plan, head);
    const isCut = plan.tiles.length > 1 && model.description.stages !== undefined;
    // Few latents are so large: what runs them is fetched when one comes.
    const staged = isCut ? await import('./staged-run.ts') : null;
    const stages = staged?.planStages(device, model, current);
    if (staged && stages) {
      current = await staged.runStages(device, stages, current, call);
      continue;
    }
    const job = { model, scale: head, input: current, plan, inputFactor: 1, outputFactor: head } as const;
    current = await runToTensor(device, { ...job, span: 'upscaleMs', progress: 'upscale' }, call);
  }
  return current;
}

/** A filter on every channel of a latent. */
export async function stretchLatent<T extends Tensor>(
  { compute }: Device<T>,
  from: DeviceLatent<T>,
  scale: number,
  kernel: Kernel,
  call: Call,
): Promise<DeviceLatent<T>> {
  const target = {
    height: Math.round(from.tensor.height * scale),
    width: Math.round(from.tensor.width * scale),
  };
  const stretched = await eachFrame(from, async (frame) => {
    await breathe(call);
    return call.own(
      await timed(call, 'upscaleMs', compute, () => compute.resample(frame, target, kernel, wholeOf(target))),
    );
  });
  call.report({ kind: 'upscale', tile: 1, tiles: 1 });
  return stretched;
}
