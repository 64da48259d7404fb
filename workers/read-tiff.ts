import { decode, type TiffIfd } from 'tiff';
import { AppError } from '../src/core/errors.ts';

/** An 8192-pixel square: what a browser still draws with ease, and four bytes each of it in memory. */
const MAX_PIXELS = 2 ** 26;

const PALETTE = 3;
const CMYK = 5;
/** One colour after the other instead of pixel after pixel. */
const IN_PLANES = 2;

const refuse = (what: string, cause?: unknown): AppError =>
  new AppError('file/unreadable', `This TIFF picture ${what}; save it as PNG and drop that.`, { cause });

/**
 * The first picture of a TIFF as 8-bit RGBA, not premultiplied; 16 bits are rounded, floats taken as 0 to 1. Throws file/unreadable for
 * kinds of TIFF that the library does not know, and file/too-large above 2^26 pixels.
 */
export function readTiff(bytes: ArrayBuffer): {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
} {
  const { width, height, tiled, samplesPerPixel, type, planarConfiguration } = pageOf(bytes, true);
  if (!(width > 0 && height > 0 && samplesPerPixel > 0 && samplesPerPixel <= 8)) throw refuse('is damaged');
  if (width * height > MAX_PIXELS) {
    throw new AppError(
      'file/too-large',
      `This TIFF picture has ${width} x ${height} pixels; at most ${MAX_PIXELS} are read. Save a smaller one.`,
    );
  }
  if (type === CMYK) throw refuse('is in CMYK, the colours of print, which are not read here');
  if (planarConfiguration === IN_PLANES && samplesPerPixel > 1) {
    throw refuse('holds each colour in a plane of its own, which is not read here');
  }
  // The library reads the first channel alone of such tiles.
  if (tiled && samplesPerPixel > 1) throw refuse('is stored in tiles of colours, which are not read here');
  const page = pageOf(bytes, false);
  return { data: toRgba(page, width * height), width, height };
}

function pageOf(bytes: ArrayBuffer, ignoreImageData: boolean): TiffIfd {
  try {
    const [page] = decode(bytes, { ignoreImageData, pages: [0] });
    if (page !== undefined) return page;
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw refuse(`could not be read (${said})`, cause);
  }
  throw refuse('holds no picture');
}

/** The factor that makes 255 of white. */
function toBytes({ bitsPerSample, sampleFormat }: TiffIfd): number {
  return sampleFormat === 3 ? 255 : 255 / (2 ** bitsPerSample - 1);
}

function toRgba(page: TiffIfd, pixels: number): Uint8ClampedArray<ArrayBuffer> {
  const { data: samples, samplesPerPixel: count, alpha, palette, type } = page;
  const rgba = new Uint8ClampedArray(4 * pixels).fill(255);
  const factor = toBytes(page);
  const colours = count - (alpha ? 1 : 0);
  for (let i = 0; i < pixels; i += 1) {
    const at = i * count;
    const colour = type === PALETTE ? palette?.at(samples[at] as number) : undefined;
    for (const k of [0, 1, 2] as const) {
      const sample = samples[at + (colours >= 3 ? k : 0)] as number;
      rgba[4 * i + k] = colour === undefined ? sample * factor : colour[k] / 257;
    }
    if (alpha) rgba[4 * i + 3] = (samples[at + colours] as number) * factor;
  }
  return rgba;
}
