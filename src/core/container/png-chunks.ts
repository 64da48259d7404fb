import { AppError } from '../errors.ts';
import { crc32 } from './crc32.ts';

export const PNG_SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** Writers make parts of 8 kB and more, so this is a picture of 800 MB. */
const MAX_CHUNKS = 100_000;

/** One chunk of a PNG; all arrays are views on the file. `crc` is as stored (over `typeAndData`), unchecked. */
export interface PngChunk {
  readonly type: string;
  readonly data: Uint8Array;
  readonly typeAndData: Uint8Array;
  readonly crc: number;
  /** Where the chunk begins (its length field) in the file. */
  readonly begin: number;
}

export const isPng = (bytes: Uint8Array): boolean => PNG_SIGNATURE.every((byte, i) => bytes[i] === byte);

/**
 * The chunks of a PNG up to IEND (PNG specification section 5), one at a time: a file may have millions, and a reader keeps the
 * few it needs. Throws file/truncated; file/malformed where bytes follow IEND.
 */
export function* pngChunks(bytes: Uint8Array): Generator<PngChunk, void> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let count = 0;
  for (let at = PNG_SIGNATURE.length; at + 12 <= bytes.length; ) {
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) break;
    count++;
    if (count > MAX_CHUNKS) {
      throw new AppError(
        'file/too-large',
        `The PNG has more than ${MAX_CHUNKS} parts, which no program writes; save it again.`,
      );
    }
    const typeAndData = bytes.subarray(at + 4, end - 4);
    const type = String.fromCharCode(...typeAndData.subarray(0, 4));
    yield { type, data: typeAndData.subarray(4), typeAndData, crc: view.getUint32(end - 4), begin: at };
    if (type === 'IEND') {
      if (end === bytes.length) return;
      throw new AppError(
        'file/malformed',
        `${bytes.length - end} bytes follow the end of the PNG; the file is padded or damaged.`,
      );
    }
    at = end;
  }
  throw new AppError('file/truncated', 'The PNG ends before its closing part; download or save it again.');
}

/** A chunk of a PNG with its length and checksum. */
export function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(data.length + 12);
  const view = new DataView(out.buffer);
  view.setUint32(0, data.length);
  out.set(new TextEncoder().encode(type), 4);
  out.set(data, 8);
  view.setUint32(data.length + 8, crc32(out.subarray(4, data.length + 8)));
  return out;
}
