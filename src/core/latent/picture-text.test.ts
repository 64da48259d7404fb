import { concatBytes } from '@noble/hashes/utils.js';
import { zlibSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { MOST_TEXT_BYTES, readPictureText } from './picture-text.ts';
import { addPngText } from './png-text.ts';

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const joined = (...parts: readonly (Uint8Array | string)[]): Uint8Array =>
  concatBytes(...parts.map((part) => (typeof part === 'string' ? bytesOf(part) : part)));
function number(value: number, size: 2 | 4, isLittle = false): Uint8Array {
  const view = new DataView(new ArrayBuffer(size));
  if (size === 2) view.setUint16(0, value, isLittle);
  else view.setUint32(0, value, isLittle);
  return new Uint8Array(view.buffer);
}
const chunk = (type: string, data: Uint8Array): Uint8Array =>
  joined(number(data.length, 4), type, data, number(0, 4));
const png = (...chunks: readonly Uint8Array[]): Uint8Array =>
  joined('\x89PNG\r\n\x1a\n', chunk('IHDR', new Uint8Array(13)), ...chunks, chunk('IEND', new Uint8Array(0)));

/** A TIFF block with the given fields of its first directory, and those of the EXIF directory behind it. */
function tiff(isLittle: boolean, first: [number, Uint8Array][], exif: [number, Uint8Array][]): Uint8Array {
  const heads: Uint8Array[] = [];
  const values: Uint8Array[] = [];
  const exifAt = 8 + 2 + 12 * (first.length + 1) + 4;
  let at = exifAt + 2 + 12 * exif.length + 4;
  function directory(fields: [number, Uint8Array][], pointer: Uint8Array | null): void {
    heads.push(number(fields.length + (pointer === null ? 0 : 1), 2, isLittle));
    for (const [tag, value] of fields) {
      heads.push(
        number(tag, 2, isLittle),
        number(7, 2, isLittle),
        number(value.length, 4, isLittle),
        number(at, 4, isLittle),
      );
      values.push(value);
      at += value.length;
    }
    if (pointer !== null) heads.push(pointer);
    heads.push(number(0, 4));
  }
  const pointer = joined(
    number(0x8769, 2, isLittle),
    number(4, 2, isLittle),
    number(1, 4, isLittle),
    number(exifAt, 4, isLittle),
  );
  directory(first, pointer);
  directory(exif, null);
  return joined(isLittle ? 'II*\0' : 'MM\0*', number(8, 4, isLittle), ...heads, ...values);
}

const utf16be = (text: string): Uint8Array =>
  joined(...[...text].map((letter) => number(letter.charCodeAt(0), 2)));

describe('the texts of a picture', () => {
  it('are those of all three kinds of PNG chunk', () => {
    const file = png(
      chunk('tEXt', bytesOf('parameters\0a cat, Steps: 20')),
      chunk('zTXt', joined('workflow\0\0', zlibSync(bytesOf('{"nodes":[]}')))),
      chunk('iTXt', joined('prompt\0\x01\0\0\0', zlibSync(new TextEncoder().encode('{"a":"ü"}')))),
    );
    expect(readPictureText(file)).toEqual({
      parameters: 'a cat, Steps: 20',
      workflow: '{"nodes":[]}',
      prompt: '{"a":"ü"}',
    });
    expect(readPictureText(addPngText(png(), { Source: 'kept' }))).toEqual({ Source: 'kept' });
  });

  it('are A1111’s of a JPEG, whose UTF-16 is big-endian whatever the block is', () => {
    const comment = joined('UNICODE\0', utf16be('a cat, Steps: 20'));
    for (const isLittle of [true, false]) {
      const block = joined('Exif\0\0', tiff(isLittle, [], [[0x9286, comment]]));
      const jpeg = joined('\xff\xd8\xff\xe1', number(block.length + 2, 2), block, '\xff\xda\0\0');
      expect(readPictureText(jpeg)).toEqual({ parameters: 'a cat, Steps: 20' });
    }
  });

  it('are ComfyUI’s of a WebP', () => {
    const block = tiff(
      true,
      [
        [0x0110, bytesOf('prompt:{"3":{}}\0')],
        [0x010f, bytesOf('Workflow:{"nodes":[]}\0')],
      ],
      [],
    );
    const webp = joined('RIFF\0\0\0\0WEBP', 'EXIF', number(block.length, 4, true), block);
    expect(readPictureText(webp)).toEqual({ prompt: '{"3":{}}', workflow: '{"nodes":[]}' });
  });

  it('are none of a picture that is cut, bent, or made to fill memory, which is no error', () => {
    const bomb = zlibSync(new Uint8Array(3 * MOST_TEXT_BYTES));
    expect(readPictureText(png(chunk('zTXt', joined('bomb\0\0', bomb))))).toEqual({});
    expect(readPictureText(png(chunk('zTXt', bytesOf('bent\0\0nonsense'))))).toEqual({});
    expect(readPictureText(png(chunk('tEXt', bytesOf('whole\0text'))).subarray(0, 60))).toEqual({
      whole: 'text',
    });
    const pointer = tiff(true, [], [[0x9286, new Uint8Array(9)]]).subarray(0, 30);
    expect(readPictureText(joined('RIFF\0\0\0\0WEBPEXIF', number(30, 4, true), pointer))).toEqual({});
    expect(readPictureText(new Uint8Array(0))).toEqual({});
  });
});
