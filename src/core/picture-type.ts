/** True where `text`, one byte a letter, stands at `offset`. */
export const startsWith = (bytes: Uint8Array, offset: number, text: string): boolean =>
  [...text].every((letter, index) => bytes[offset + index] === letter.charCodeAt(0));

/** Who made a HEIF file as its first brand says; browsers that know the format ask for the rest themselves. */
const HEIF_BRANDS = ['heic', 'heix', 'mif1', 'msf1'];

/** The MIME type of a picture, by its first bytes, or null: names and declared types are only hints. Browsers decode all but TIFF, and some HEIC. */
export function pictureType(bytes: Uint8Array): string | null {
  if (startsWith(bytes, 1, 'PNG\r\n')) return 'image/png';
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'image/jpeg';
  if (startsWith(bytes, 0, 'RIFF') && startsWith(bytes, 8, 'WEBP')) return 'image/webp';
  if (startsWith(bytes, 4, 'ftypavif') || startsWith(bytes, 4, 'ftypavis')) return 'image/avif';
  if (startsWith(bytes, 0, 'GIF87a') || startsWith(bytes, 0, 'GIF89a')) return 'image/gif';
  // "BM", a file size, and four bytes that are always 0: two letters alone would take in any text.
  if (startsWith(bytes, 0, 'BM') && startsWith(bytes, 6, '\0\0\0\0')) return 'image/bmp';
  if (startsWith(bytes, 0, 'II*\0') || startsWith(bytes, 0, 'MM\0*')) return 'image/tiff';
  if (HEIF_BRANDS.some((brand) => startsWith(bytes, 4, `ftyp${brand}`))) return 'image/heic';
  return null;
}
