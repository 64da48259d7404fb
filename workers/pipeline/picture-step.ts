import { methodOf } from '../../src/contract/methods.ts';
import { type PixelRange, wholeOf } from '../../src/core/pixels.ts';
import type { Rect } from '../../src/core/tiles.ts';
import { breathe, type Call, timed, trusted } from './call.ts';
import type { Painter, Tensor } from './compute.ts';
import type { Device } from './device.ts';
import { factorOf, type PictureJob, requireRole } from './job-rules.ts';
import { applyUpscaler } from './latent-step.ts';
import type { PipelineModels } from './model.ts';

/** Rows of an enlarged picture that the pixel-space methods make at once: 4096 x 512 x 3 float32 is 25 MB. */
const STRIP_ROWS = 512;

/** Paints one piece and, when the picture comes in several, shows it. */
export async function paint<T extends Tensor>(
  { compute }: Device<T>,
  surface: Painter<T>,
  piece: {
    readonly output: T;
    readonly from: Rect;
    readonly at: { readonly y: number; readonly x: number };
    readonly count: number;
  },
  range: PixelRange,
  call: Call,
): Promise<void> {
  const { output, from, at, count } = piece;
  const bitmap = await timed(call, 'presentMs', compute, () =>
    surface.paint(output, from, range, at, count > 1),
  );
  if (bitmap !== null) {
    call.report({ kind: 'paint', bitmap, x: at.x, y: at.y, width: from.width, height: from.height });
  }
}

/** Paints a finished picture in one piece. */
export const paintWhole = <T extends Tensor>(
  device: Device<T>,
  surface: Painter<T>,
  output: T,
  range: PixelRange,
  call: Call,
): Promise<void> =>
  paint(device, surface, { output, from: wholeOf(output), at: { y: 0, x: 0 }, count: 1 }, range, call);

/** RGB planes of one range in another: a decoder of [-1,1] and an upscaler of [0,1] are often of different makers. */
function inRange<T extends Tensor>(
  { compute }: Device<T>,
  picture: T,
  from: PixelRange,
  to: PixelRange,
  call: Call,
): T {
  if (from === to) return picture;
  const { channels, height, width } = picture;
  const [scale, shift] = to === 'unit' ? [0.5, 0.5] : [2, -1];
  const data = new Float32Array(channels * height * width).fill(shift);
  const target = call.own(compute.upload({ data, channels, height, width }));
  const rows = new Float32Array(height).fill(scale);
  compute.accumulate(target, picture, { y: 0, x: 0 }, { rows, columns: new Float32Array(width).fill(1) });
  return target;
}

/** The colours of a picture with opacity: networks for pictures take three channels. */
async function coloursOf<T extends Tensor>({ compute }: Device<T>, picture: T, call: Call): Promise<T> {
  if (picture.channels <= 3) return picture;
  const { data, height, width } = await trusted(call, compute, () => compute.download(picture));
  return call.own(compute.upload({ data: data.subarray(0, 3 * height * width), channels: 3, height, width }));
}

/** The decoder's picture enlarged in pixel space, painted strip by strip. */
export async function paintEnlarged<T extends Tensor, P extends Painter<T>>(
  device: Device<T>,
  models: PipelineModels,
  job: PictureJob,
  picture: { readonly tensor: T; readonly range: PixelRange },
  openSurface: (height: number, width: number) => P,
  call: Call,
): Promise<{ surface: P; tiles: number }> {
  const { compute } = device;
  const factor = factorOf(job) ?? 1;
  const target = { height: picture.tensor.height * factor, width: picture.tensor.width * factor };
  const surface = openSurface(target.height, target.width);
  const { role, kernel } = methodOf(job.method);
  if (role !== null && factor !== 1) {
    const model = requireRole(models, role, job.method);
    const { pixelRange } = model.description;
    const colours = await coloursOf(device, picture.tensor, call);
    const input = inRange(device, colours, picture.range, pixelRange, call);
    const output = await applyUpscaler(device, model, factor, input, call);
    await paintWhole(device, surface, output, pixelRange, call);
    return { surface, tiles: 1 };
  }
  const count = Math.ceil(target.height / STRIP_ROWS);
  for (let k = 0; k < count; k += 1) {
    await breathe(call);
    const y = k * STRIP_ROWS;
    const rect = { y, x: 0, height: Math.min(STRIP_ROWS, target.height - y), width: target.width };
    const output = await timed(call, 'upscaleMs', compute, () =>
      compute.resample(picture.tensor, target, kernel ?? 'bicubic', rect),
    );
    await paint(
      device,
      surface,
      { output, from: wholeOf(output), at: { y, x: 0 }, count },
      picture.range,
      call,
    );
    output.dispose();
    call.report({ kind: 'upscale', tile: k + 1, tiles: count });
  }
  return { surface, tiles: count };
}
