import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import jpeg from 'jpeg-js';
import { readPng8 } from '../src/core/container/png8.ts';
import { AppError } from '../src/core/errors.ts';
import { fromRgba, type Planes } from '../src/core/pixels.ts';

/** RGB in [0,1] of an 8-bit PNG or a JPEG. Throws file/*. */
export function readPicture(path: string): Planes {
  const bytes = new Uint8Array(readFileSync(path));
  if (bytes[0] === 0xff && bytes[1] === 0xd8) {
    const { data, height, width } = jpeg.decode(bytes, { useTArray: true, maxMemoryUsageInMB: 2048 });
    return fromRgba(data, height, width);
  }
  const tensor = readPng8(bytes).tensors.get('');
  const [height = 0, width = 0, channels = 0] = tensor?.shape ?? [];
  if (tensor === undefined) {
    throw new AppError(
      'file/unsupported',
      `${basename(path)} holds no picture. Use 8-bit PNG or JPEG files.`,
    );
  }
  const rgba = new Uint8Array(4 * height * width);
  for (let i = 0; i < height * width; i += 1) {
    rgba.set(tensor.bytes.subarray(i * channels, i * channels + 3), 4 * i);
  }
  return fromRgba(rgba, height, width);
}
