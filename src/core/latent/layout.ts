import { BITS } from '../container/item-size.ts';
import type { FileTensor } from '../container/tensor.ts';
import { toFloat32 } from '../container/to-float32.ts';
import { AppError } from '../errors.ts';
import { type Axes, countsOf, sizeOf } from './axes.ts';
import type { Planes } from './patches.ts';

/** Which part of a tensor is the latent, and how it lies there. */
export interface Layout {
  readonly axes: Axes;
  /** Which item of the batch, and which frame, from 0. */
  readonly item: number;
  readonly frame: number;
  /** Tokens in a row of the grid; null where there is no token axis. */
  readonly packedWidth: number | null;
}

interface Placement {
  readonly offset: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly channelStep: number;
  readonly rowStep: number;
  readonly columnStep: number;
}

/** Where cell (c, y, x) lies, in elements: offset + c * channelStep + y * rowStep + x * columnStep. Throws latent/shape. */
function place(shape: readonly number[], layout: Layout): Placement {
  const { axes, item, frame, packedWidth } = layout;
  if (shape.length !== axes.length) {
    throw new AppError(
      'latent/shape',
      `Shape [${shape}] has ${shape.length} axes, but "${axes}" names ${axes.length}; choose another order of axes.`,
    );
  }
  const { items, frames, channels, tokens } = countsOf(shape, axes);
  if (!(Number.isInteger(item) && item >= 0 && item < items)) {
    throw new AppError(
      'latent/shape',
      `There is no item ${item}: the batch has ${items} (counted from 0). Choose another.`,
    );
  }
  if (!(Number.isInteger(frame) && frame >= 0 && frame < frames)) {
    throw new AppError(
      'latent/shape',
      `There is no frame ${frame}: the latent has ${frames} (counted from 0). Choose another.`,
    );
  }
  function step(axis: string): number {
    const at = axes.indexOf(axis);
    return at < 0 ? 0 : shape.slice(at + 1).reduce((n, size) => n * size, 1);
  }
  const offset = item * step('b') + frame * (step('t') + step('l'));
  const channelStep = step('c');
  if (tokens === 0) {
    const [height, width] = [sizeOf(shape, axes, 'h'), sizeOf(shape, axes, 'w')];
    return { offset, channels, height, width, channelStep, rowStep: step('h'), columnStep: step('w') };
  }
  if (
    packedWidth === null ||
    !Number.isInteger(packedWidth) ||
    packedWidth < 1 ||
    tokens % packedWidth !== 0
  ) {
    throw new AppError(
      'latent/shape',
      `${tokens} tokens do not fill rows of ${packedWidth}; choose a width that divides ${tokens}.`,
    );
  }
  const columnStep = step('n');
  const height = tokens / packedWidth;
  return {
    offset,
    channels,
    height,
    width: packedWidth,
    channelStep,
    rowStep: packedWidth * columnStep,
    columnStep,
  };
}

/**
 * The chosen item and frame as [channels, height, width] float32 in a buffer of its own (it can be transferred). Only the bytes
 * of the item are converted, so one item of a large batch stays cheap. Throws latent/shape where the layout does not fit.
 */
export function extractPlanes(tensor: FileTensor, layout: Layout): Planes {
  const at = place(tensor.shape, layout);
  const { channels, height, width, channelStep, rowStep, columnStep } = at;
  const span = (channels - 1) * channelStep + (height - 1) * rowStep + (width - 1) * columnStep + 1;
  const itemBytes = BITS[tensor.dtype] / 8;
  const bytes = tensor.bytes.subarray(at.offset * itemBytes, (at.offset + span) * itemBytes);
  const values = toFloat32({ ...tensor, bytes });
  const isPlanar = columnStep === 1 && rowStep === width && channelStep === width * height;
  if (isPlanar) {
    const owned = values.buffer === bytes.buffer ? values.slice() : values;
    return { data: owned, channels, height, width };
  }
  const data = new Float32Array(channels * height * width);
  let filled = 0;
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      let from = c * channelStep + y * rowStep;
      for (let x = 0; x < width; x++, from += columnStep) data[filled++] = values[from] as number;
    }
  }
  return { data, channels, height, width };
}

/** The inverse of `extractPlanes` for one item of one frame: values in the order of `axes`, with sizes of 1 for b, t and l. */
export function layOut(planes: Planes, axes: Axes): { shape: readonly number[]; data: Float32Array } {
  const { channels, height, width } = planes;
  const sizes: Readonly<Record<string, number>> = {
    b: 1,
    t: 1,
    l: 1,
    c: channels,
    h: height,
    w: width,
    n: height * width,
  };
  const shape = [...axes].map((axis) => sizes[axis] as number);
  const packedWidth = axes.includes('n') ? width : null;
  const { channelStep, rowStep, columnStep } = place(shape, { axes, item: 0, frame: 0, packedWidth });
  const data = new Float32Array(planes.data.length);
  let taken = 0;
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      let to = c * channelStep + y * rowStep;
      for (let x = 0; x < width; x++, to += columnStep) data[to] = planes.data[taken++] as number;
    }
  }
  return { shape, data };
}
