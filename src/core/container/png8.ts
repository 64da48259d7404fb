import { AppError } from '../errors.ts';
import { ByteBudget } from './byte-budget.ts';
import { crc32 } from './crc32.ts';
import { inflate } from './inflate.ts';
import { isPng, pngChunks } from './png-chunks.ts';
import { unfilter } from './png-filters.ts';
import type { TensorFile } from './tensor.ts';

const damaged = (what: string): AppError =>
  new AppError('file/malformed', `The PNG is damaged: ${what}; download or save it again.`);

/** The header and the joined pixel parts, checksums verified. Nothing else is kept, and no part of the pixels twice. */
function partsOf(bytes: Uint8Array): { head: Uint8Array; zlib: Uint8Array } {
  let head: Uint8Array | null = null;
  let zlibBytes = 0;
  for (const { type, data, typeAndData, crc } of pngChunks(bytes)) {
    if (crc32(typeAndData) !== crc) throw damaged(`the checksum of its ${type} part is wrong`);
    if (head === null) {
      if (type !== 'IHDR' || data.length !== 13) throw damaged('it has no header');
      head = data;
    }
    if (type === 'IDAT') zlibBytes += data.length;
  }
  if (head === null) throw damaged('it has no header');
  const zlib = new Uint8Array(zlibBytes);
  let at = 0;
  for (const { type, data } of pngChunks(bytes)) {
    if (type !== 'IDAT') continue;
    zlib.set(data, at);
    at += data.length;
  }
  return { head, zlib };
}

/**
 * An 8-bit RGB or RGBA PNG without interlacing -> one U8 tensor "" [height, width, 3 or 4], exact values (no colour management,
 * no premultiplied alpha, which a canvas would apply): TAESD stores 8-bit latents so. Other PNGs are pictures:
 * file/unsupported. Also throws file/truncated, file/malformed, file/too-large.
 */
export function readPng8(bytes: Uint8Array): TensorFile {
  if (!isPng(bytes)) {
    throw new AppError('file/malformed', 'The file does not begin as a PNG does; save it again as PNG.');
  }
  const { head, zlib } = partsOf(bytes);
  const view = new DataView(head.buffer, head.byteOffset, 13);
  const width = view.getUint32(0);
  const height = view.getUint32(4);
  const [depth, colour, , , interlace] = head.subarray(8);
  if (width === 0 || height === 0) throw damaged('it has no pixels');
  if (depth !== 8 || (colour !== 2 && colour !== 6) || interlace !== 0) {
    throw new AppError(
      'file/unsupported',
      'The PNG is no plain 8-bit RGB or RGBA file, as 8-bit latents are; drop it as a picture to encode instead.',
    );
  }
  const pixelBytes = colour === 6 ? 4 : 3;
  // RFC 1950: two bytes of header (method 8, no dictionary) and four of Adler-32, which the chunk checksums make needless.
  if (zlib.length < 6 || ((zlib[0] as number) & 15) !== 8 || ((zlib[1] as number) & 32) !== 0) {
    throw damaged('its pixels are no zlib stream');
  }
  const budget = new ByteBudget();
  const rowBytes = width * pixelBytes;
  const rows = inflate(zlib.subarray(2, -4), height * (rowBytes + 1), budget, 'The PNG');
  budget.reserve(height * rowBytes, 'The PNG');
  const data = unfilter(rows, height, rowBytes, pixelBytes);
  const tensor = { name: '', dtype: 'U8', shape: [height, width, pixelBytes], bytes: data } as const;
  return { container: 'png', tensors: new Map([['', tensor]]), metadata: {} };
}
