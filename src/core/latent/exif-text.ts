/** EXIF 2.3, section 4.6: the tags whose text programs use for how a picture was made. */
const TAGS: Readonly<Record<number, string>> = {
  270: 'ImageDescription',
  271: 'Make',
  272: 'Model',
  305: 'Software',
  37510: 'UserComment',
};
const EXIF_IFD = 0x8769;
const ASCII = 2;
const UNDEFINED = 7;

/** A directory has some 60 fields. */
const MOST_FIELDS = 1000;

/**
 * The texts of a TIFF block as [keyword, text]. A1111's UserComment is called `parameters`, as in its PNGs, and ComfyUI's
 * "prompt:{...}" in Make and Model by what stands before the colon. Throws RangeError for a block that points outside itself.
 */
export function exifTexts(tiff: Uint8Array): [string, string][] {
  if (tiff.length < 8) return [];
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.length);
  const isLittle = view.getUint16(0) === 0x4949;
  const found: [string, string][] = [];
  const directories = [view.getUint32(4, isLittle)];
  for (const at of directories) {
    const count = Math.min(view.getUint16(at, isLittle), MOST_FIELDS);
    for (let index = 0; index < count; index += 1) {
      const field = at + 2 + index * 12;
      const tag = view.getUint16(field, isLittle);
      const type = view.getUint16(field + 2, isLittle);
      const length = view.getUint32(field + 4, isLittle);
      const value = view.getUint32(field + 8, isLittle);
      if (tag === EXIF_IFD && directories.length === 1) directories.push(value);
      const name = TAGS[tag];
      if (name === undefined || (type !== ASCII && type !== UNDEFINED)) continue;
      const start = length <= 4 ? field + 8 : value;
      found.push(entryOf(name, tiff.subarray(start, start + length), isLittle));
    }
  }
  return found;
}

function entryOf(name: string, bytes: Uint8Array, isLittle: boolean): [string, string] {
  if (name === 'UserComment') return ['parameters', commentOf(bytes, isLittle)];
  const text = new TextDecoder().decode(bytes).replace(/\0+$/, '');
  const comfy = /^(prompt|workflow):(\{.*)$/is.exec(text);
  return comfy === null ? [name, text] : [(comfy[1] ?? '').toLowerCase(), comfy[2] ?? ''];
}

/** The first eight bytes name the code; "UNICODE" is UTF-16 in the block's byte order, or in the other where that gives no letters. */
function commentOf(bytes: Uint8Array, isLittle: boolean): string {
  const code = new TextDecoder('latin1').decode(bytes.subarray(0, 8));
  const content = bytes.subarray(8);
  if (!code.startsWith('UNICODE')) return new TextDecoder().decode(content).replace(/\0+$/, '');
  const even = content.filter((byte, index) => index % 2 === 0 && byte === 0).length;
  const odd = content.filter((byte, index) => index % 2 === 1 && byte === 0).length;
  const looksLittle = even === odd ? isLittle : odd > even;
  return new TextDecoder(looksLittle ? 'utf-16le' : 'utf-16be').decode(content).replace(/\0+$/, '');
}
