import type { Planes } from '../../src/core/pixels.ts';
import { noise } from '../../src/core/weights/synthetic.ts';
import type { Model } from '../pipeline/model.ts';

/** Uniform values of this reach have the spread of a latent in model space; raw ones may reach several times as far. */
const REACH = { model: 1.7, raw: 10 } as const;

/** Samples of a model's input for each cell and axis. */
export const inputFactorOf = ({ description: { role, pixelsPerCell } }: Model): number =>
  role === 'encoder' ? pixelsPerCell : 1;

/** An input of noise for `model`, the same every time: a latent, or a picture in the range of values that it takes. Sides in cells. */
export function testInput(model: Model, cells: { readonly height: number; readonly width: number }): Planes {
  const { role, space, pixelRange, channels: own } = model.description;
  const factor = inputFactorOf(model);
  const [height, width] = [cells.height * factor, cells.width * factor];
  const isPicture = role === 'encoder' || role === 'pixel-upscaler';
  const channels = isPicture ? 3 : own;
  const [reach, middle] = isPicture ? (pixelRange === 'unit' ? [0.5, 0.5] : [1, 0]) : [REACH[space], 0];
  return { data: noise('test input', channels * height * width, reach, middle), channels, height, width };
}
