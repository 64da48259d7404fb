import type { ByteReport, Platform, PreparedPicture, RgbaPixels } from '../app/run/platform.ts';
import type { PictureSettings, Quality } from '../app/state/state.ts';
import { AppError } from '../core/errors.ts';
import { piecesOf, UNREACHED } from '../core/fetch-body.ts';

/** Arithmetic that a worker does for the page. */
export interface PictureArithmetic {
  compare(picture: ImageBitmap, reference: ImageBitmap): Promise<Quality>;
  reduce(picture: ImageBitmap, width: number, height: number): Promise<ImageBitmap>;
  detail(picture: ImageBitmap): Promise<number>;
}

/** Cells of the built-in encoder are 8 pixels; a picture is cut to whole ones. */
const CELL = 8;
/** Longest side of an original to compare with: its metrics need 12 bytes a pixel several times over. */
const MAX_REFERENCE_SIDE = 2048;
/** A page that fetches by address has no business with larger files: the largest latents are some tens of megabytes. */
const MAX_FETCH_BYTES = 2 ** 30;

const BACKGROUNDS: Readonly<Record<PictureSettings['background'], string>> = {
  white: '#ffffff',
  grey: '#808080',
  black: '#000000',
};

/** The browser's side of the controller's needs. */
export const createBrowserPlatform = (
  arithmetic: PictureArithmetic,
  { readFile, ask }: Pick<Platform, 'readFile' | 'ask'>,
): Platform => ({
  pageUrl: document.baseURI,
  ask,
  fetchBytes,
  readFile,
  decodePicture,
  preparePicture: (blob, settings) => preparePicture(blob, settings, arithmetic),
  bitmapOf: ({ width, height, data }: RgbaPixels) =>
    createImageBitmap(new ImageData(new Uint8ClampedArray(data), width, height)),
  createCanvas: (width, height) => new OffscreenCanvas(width, height),
  compare: arithmetic.compare,
  stretch: (picture) => arithmetic.reduce(picture, 2 * picture.width, 2 * picture.height),
  detail: arithmetic.detail,
});

async function fetchBytes(url: string, signal: AbortSignal, onBytes: ByteReport): Promise<Uint8Array> {
  const name = new URL(url).pathname.split('/').at(-1) ?? url;
  const failed = (found: string, cause?: unknown): AppError =>
    new AppError('file/unreadable', `“${name}” could not be fetched: ${found}`, { cause });
  const response = await fetch(url, { signal }).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw failed(`${UNREACHED}. Download it and drop the file here.`, cause);
  });
  if (!response.ok || response.body === null) {
    throw failed(`the server answered ${response.status}. Check the address.`);
  }
  const total = Number(response.headers.get('content-length') ?? 0);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let loaded = 0;
  const broke = (cause: unknown): AppError =>
    failed(`the connection broke after ${loaded} bytes. Check it and try again.`, cause);
  for await (const piece of piecesOf(response.body, signal, broke)) {
    chunks.push(piece);
    loaded += piece.byteLength;
    if (loaded > MAX_FETCH_BYTES) {
      throw new AppError(
        'file/too-large',
        `“${name}” is larger than 1 GB; download it and drop the file here.`,
      );
    }
    onBytes(loaded, Math.max(total, loaded));
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

async function decodePicture(blob: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(blob, { imageOrientation: 'from-image' });
  } catch (cause) {
    throw new AppError(
      'file/unreadable',
      `The picture (${blob.type}) could not be decoded: it is damaged, or this browser does not know the format. Save it as PNG and drop that.`,
      { cause },
    );
  }
}

async function preparePicture(
  blob: Blob,
  settings: PictureSettings,
  arithmetic: PictureArithmetic,
): Promise<PreparedPicture> {
  const bitmap = await decodePicture(blob);
  try {
    const factor = settings.referenceFactor ?? 1;
    const size = originalSize(bitmap, settings);
    const original = await flatten(bitmap, size, BACKGROUNDS[settings.background]);
    if (settings.referenceFactor === null) return { picture: original, reference: null };
    const picture = await arithmetic.reduce(original, size.width / factor, size.height / factor);
    return { picture, reference: original };
  } finally {
    bitmap.close();
  }
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Never enlarged; sides are whole cells also after the reduction; at least one cell. */
export function originalSize(picture: Size, settings: PictureSettings): Size {
  const factor = settings.referenceFactor ?? 1;
  const limit =
    settings.referenceFactor === null
      ? settings.longestSide
      : Math.min(settings.longestSide * factor, MAX_REFERENCE_SIDE);
  const shrink = Math.min(1, limit / Math.max(picture.width, picture.height));
  const unit = CELL * factor;
  const wholeCells = (side: number): number => Math.max(unit, Math.floor((side * shrink) / unit) * unit);
  return { width: wholeCells(picture.width), height: wholeCells(picture.height) };
}

/** Draws the middle of the picture, scaled to cover `size`, over `background`. */
async function flatten(bitmap: ImageBitmap, size: Size, background: string): Promise<ImageBitmap> {
  const canvas = new OffscreenCanvas(size.width, size.height);
  const context = canvas.getContext('2d');
  if (context === null) throw new AppError('file/unreadable', 'This browser gives no canvas to draw on.');
  context.fillStyle = background;
  context.fillRect(0, 0, size.width, size.height);
  context.imageSmoothingQuality = 'high';
  const scale = Math.max(size.width / bitmap.width, size.height / bitmap.height);
  const width = size.width / scale;
  const height = size.height / scale;
  context.drawImage(
    bitmap,
    (bitmap.width - width) / 2,
    (bitmap.height - height) / 2,
    width,
    height,
    0,
    0,
    size.width,
    size.height,
  );
  return canvas.transferToImageBitmap();
}
