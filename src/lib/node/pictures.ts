import { deflateSync } from 'node:zlib';
import jpeg from 'jpeg-js';
import type { Pixels } from '../../../workers/direct/engine-types.ts';
import { readPng8 } from '../../core/container/png8.ts';
import { filteredRows, isOpaque, rgbPng } from '../../core/container/write-png.ts';
import { AppError } from '../../core/errors.ts';
import { pictureType } from '../../core/picture-type.ts';

/** RGBA of an 8-bit PNG or a JPEG. Throws file/*. */
export function readPicture(bytes: Uint8Array, name: string): Pixels {
  const type = pictureType(bytes);
  if (type === 'image/jpeg') {
    const { data, height, width } = jpeg.decode(bytes, { useTArray: true, maxMemoryUsageInMB: 2048 });
    return { data: new Uint8ClampedArray(data), height, width };
  }
  if (type !== 'image/png') {
    throw new AppError(
      'file/unsupported',
      `${name} is ${type ?? 'no picture'}; 8-bit PNG and JPEG are read here. Convert it first.`,
    );
  }
  const tensor = readPng8(bytes).tensors.get('');
  const [height = 0, width = 0, channels = 0] = tensor?.shape ?? [];
  if (tensor === undefined || channels < 3) {
    throw new AppError('file/unsupported', `${name} is a PNG without RGB pixels. Save it as 8-bit RGB.`);
  }
  const data = new Uint8ClampedArray(4 * height * width).fill(255);
  for (let i = 0; i < height * width; i += 1) {
    data.set(tensor.bytes.subarray(i * channels, i * channels + 3), 4 * i);
  }
  return { data, height, width };
}

/** RGB of the picture, row by row. */
function rgbOf({ data, height, width }: Pixels): Uint8Array {
  const out = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i += 1) out.set(data.subarray(4 * i, 4 * i + 3), 3 * i);
  return out;
}

/** An 8-bit PNG: RGB where all is opaque, else RGBA. */
export function writePng({ data, height, width }: Pixels): Uint8Array {
  const channels = isOpaque(data) ? 3 : 4;
  const rows = deflateSync(filteredRows(data, width, height, null, channels));
  return Buffer.concat(rgbPng(width, height, rows, channels));
}

export const writeJpeg = (picture: Pixels, quality = 92): Uint8Array =>
  jpeg.encode({ ...picture, data: Buffer.from(picture.data.buffer) }, quality).data;

/** A binary PPM (Netpbm P6). */
export const writePpm = (picture: Pixels): Uint8Array =>
  Buffer.concat([Buffer.from(`P6\n${picture.width} ${picture.height}\n255\n`), rgbOf(picture)]);
