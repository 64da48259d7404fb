import { Unzlib } from 'fflate';
import { isPng, pngChunks } from '../container/png-chunks.ts';
import { startsWith } from '../picture-type.ts';
import { exifTexts } from './exif-text.ts';

/** Workflows have some 100 kB; more than this is not shown, and not inflated either. */
export const MOST_TEXT_BYTES = 4e6;

const latin1 = new TextDecoder('latin1');
const utf8 = new TextDecoder();

/**
 * What programs wrote beside the pixels, by keyword: a PNG's text chunks (tEXt, zTXt, iTXt), and for JPEG and WebP the EXIF fields
 * that A1111 (UserComment) and ComfyUI (Make, Model) use. A file without any, or one that is damaged, gives none: the picture is
 * what counts. Never throws.
 */
export function readPictureText(bytes: Uint8Array): Readonly<Record<string, string>> {
  try {
    const entries = isPng(bytes) ? pngTexts(bytes) : exifTexts(exifOf(bytes));
    return Object.fromEntries(entries.filter(([, text]) => text !== '' && text.length <= MOST_TEXT_BYTES));
  } catch {
    return {};
  }
}

function pngTexts(bytes: Uint8Array): [string, string][] {
  const found: [string, string][] = [];
  try {
    for (const { type, data } of pngChunks(bytes)) {
      const text = /^(tEXt|zTXt|iTXt)$/.test(type) ? textOf(type, data) : null;
      if (text !== null) found.push(text);
    }
  } catch {
    // A PNG that is cut short keeps what came before the cut.
  }
  return found;
}

/** PNG specification 11.3.4; what claims too much is left out. */
function textOf(type: string, data: Uint8Array): [string, string] | null {
  const end = data.indexOf(0);
  if (end <= 0 || data.length > MOST_TEXT_BYTES) return null;
  const keyword = latin1.decode(data.subarray(0, end));
  const rest = data.subarray(end + 1);
  if (type === 'tEXt') return [keyword, latin1.decode(rest)];
  if (type === 'zTXt') {
    const text = inflated(rest.subarray(1));
    return text === null ? null : [keyword, latin1.decode(text)];
  }
  const language = rest.indexOf(0, 2);
  const translated = rest.indexOf(0, language + 1);
  if (language < 0 || translated < 0) return null;
  const content = rest.subarray(translated + 1);
  const text = rest[0] === 1 ? inflated(content) : content;
  return text === null ? null : [keyword, utf8.decode(text)];
}

/** A zlib stream's content, or null where it is damaged or longer than anybody reads. */
function inflated(packed: Uint8Array): Uint8Array | null {
  const parts: Uint8Array[] = [];
  let length = 0;
  const stream = new Unzlib((part) => {
    parts.push(part);
    length += part.length;
  });
  try {
    for (let at = 0; at < packed.length; at += 4096) {
      stream.push(packed.subarray(at, at + 4096), at + 4096 >= packed.length);
      if (length > MOST_TEXT_BYTES) return null;
    }
  } catch {
    return null;
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const NONE = new Uint8Array(0);

/** The TIFF block of a JPEG's APP1 segment or of a WebP's EXIF chunk; empty where there is none. */
function exifOf(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes[0] === 0xff && bytes[1] === 0xd8) {
    for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; ) {
      const marker = bytes[at + 1];
      const length = view.getUint16(at + 2);
      if (marker === 0xe1 && startsWith(bytes, at + 4, 'Exif\0\0')) {
        return bytes.subarray(at + 10, at + 2 + length);
      }
      // The pixels begin.
      if (marker === 0xda) break;
      at += 2 + length;
    }
    return NONE;
  }
  if (!startsWith(bytes, 0, 'RIFF') || !startsWith(bytes, 8, 'WEBP')) return NONE;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const size = view.getUint32(at + 4, true);
    if (startsWith(bytes, at, 'EXIF')) {
      const block = bytes.subarray(at + 8, at + 8 + size);
      return startsWith(block, 0, 'Exif\0\0') ? block.subarray(6) : block;
    }
    at += 8 + size + (size % 2);
  }
  return NONE;
}
