import { deflateSync } from 'node:zlib';
import jpeg from 'jpeg-js';
import type { Pixels } from '../../../workers/direct/engine-types.ts';
import { crc32 } from '../../core/container/crc32.ts';
import { readPng8 } from '../../core/container/png8.ts';
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

function chunk(type: string, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(12 + data.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, data.length);
  out.set(new TextEncoder().encode(type), 4);
  out.set(data, 8);
  view.setUint32(8 + data.length, crc32(out.subarray(4, 8 + data.length)));
  return out;
}

/** RGB of the picture, row by row, each row behind `lead` bytes. */
function rgbRows({ data, height, width }: Pixels, lead: number): Uint8Array {
  const stride = lead + 3 * width;
  const out = new Uint8Array(stride * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const from = 4 * (y * width + x);
      out.set(data.subarray(from, from + 3), y * stride + lead + 3 * x);
    }
  }
  return out;
}

/** An 8-bit RGB PNG (PNG specification, sections 5 and 11); rows are unfiltered. */
export function writePng(picture: Pixels): Uint8Array {
  const head = new Uint8Array(13);
  const view = new DataView(head.buffer);
  view.setUint32(0, picture.width);
  view.setUint32(4, picture.height);
  head.set([8, 2, 0, 0, 0], 8);
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  return Buffer.concat([
    signature,
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rgbRows(picture, 1))),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

export const writeJpeg = (picture: Pixels, quality = 92): Uint8Array =>
  jpeg.encode({ ...picture, data: Buffer.from(picture.data.buffer) }, quality).data;

/** A binary PPM (Netpbm P6). */
export const writePpm = (picture: Pixels): Uint8Array =>
  Buffer.concat([Buffer.from(`P6\n${picture.width} ${picture.height}\n255\n`), rgbRows(picture, 0)]);
