import { isPng, pngChunk, pngChunks } from '../container/png-chunks.ts';
import { AppError } from '../errors.ts';

/** PNG specification 11.3.4: a keyword is 1 to 79 characters of Latin-1 without spaces at its ends. */
const KEYWORD = /^[!-~](?:[ -~]{0,77}[!-~])?$/;

function iTXt(keyword: string, text: string): Uint8Array {
  if (!KEYWORD.test(keyword)) {
    throw new AppError(
      'file/malformed',
      `"${keyword}" cannot name a PNG text; use 1 to 79 plain characters.`,
    );
  }
  // keyword, 0, not compressed, method 0, no language, no translated keyword, then the UTF-8 text.
  return pngChunk('iTXt', new TextEncoder().encode(`${keyword}\0\0\0\0\0${text}`));
}

/**
 * A PNG with text chunks (iTXt, UTF-8) right after its header, pixels untouched; readers such as exiftool and Pillow
 * show them. A fresh array. Throws file/malformed or file/truncated where `png` is none.
 */
export function addPngText(
  png: Uint8Array,
  entries: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const [, second] = isPng(png) ? pngChunks(png) : [];
  if (second === undefined) {
    throw new AppError('file/malformed', 'The picture is no PNG, so no text can be added to it.');
  }
  const parts = Object.entries(entries).map(([keyword, text]) => iTXt(keyword, text));
  const out = new Uint8Array(png.length + parts.reduce((sum, part) => sum + part.length, 0));
  out.set(png.subarray(0, second.begin));
  let at = second.begin;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  out.set(png.subarray(second.begin), at);
  return out;
}

/** The iTXt texts of a PNG by keyword, uncompressed ones only. */
export function readPngText(png: Uint8Array): Readonly<Record<string, string>> {
  const entries: [string, string][] = [];
  for (const { type, data } of pngChunks(png)) {
    if (type !== 'iTXt') continue;
    const text = new TextDecoder().decode(data);
    const match = /^([^\0]+)\0\0\0[^\0]*\0[^\0]*\0(.*)$/s.exec(text);
    if (match !== null) entries.push([match[1] as string, match[2] as string]);
  }
  return Object.fromEntries(entries);
}
