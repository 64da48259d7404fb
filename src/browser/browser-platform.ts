import { coverScale, originalSize } from '../app/run/picture-size.ts';
import type { ByteReport, Platform, PreparedPicture, RgbaPixels } from '../app/run/platform.ts';
import type { PictureSettings, Quality } from '../app/state/state.ts';
import { AppError } from '../core/errors.ts';
import { answerOf, piecesOf } from '../core/fetch-body.ts';

/** Arithmetic that a worker does for the page. */
export interface PictureArithmetic {
  compare(picture: ImageBitmap, reference: ImageBitmap): Promise<Quality>;
  reduce(picture: ImageBitmap, width: number, height: number): Promise<ImageBitmap>;
  detail(picture: ImageBitmap): Promise<number>;
  openTiff(bytes: ArrayBuffer): Promise<ImageBitmap>;
}

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
  decodePicture: (blob) => decodePicture(blob, arithmetic),
  preparePicture: (blob, settings) => preparePicture(blob, settings, arithmetic),
  bitmapOf: ({ width, height, data }: RgbaPixels) =>
    createImageBitmap(new ImageData(new Uint8ClampedArray(data), width, height)),
  copyBitmap: (bitmap) => createImageBitmap(bitmap),
  createCanvas: (width, height) => new OffscreenCanvas(width, height),
  compare: arithmetic.compare,
  stretch: (picture) => arithmetic.reduce(picture, 2 * picture.width, 2 * picture.height),
  detail: arithmetic.detail,
});

async function fetchBytes(url: string, signal: AbortSignal, onBytes: ByteReport): Promise<Uint8Array> {
  const name = new URL(url).pathname.split('/').at(-1) ?? url;
  const failed = (found: string, cause?: unknown): AppError =>
    new AppError('file/unreadable', `“${name}” could not be fetched: ${found}`, { cause });
  const response = await answerOf(fetch, url, { signal }, (found, cause) =>
    failed(
      `${found}. ${cause === undefined ? 'Check the connection and try again.' : 'Download it and drop the file here.'}`,
      cause,
    ),
  );
  if (!response.ok || response.body === null) {
    throw failed(`the server answered ${response.status}. Check the address.`);
  }
  const total = Number(response.headers.get('content-length') ?? 0);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let loaded = 0;
  const broke = (found: string, cause?: unknown): AppError =>
    failed(`${found} after ${loaded} bytes. Check the connection and try again.`, cause);
  for await (const piece of piecesOf(response.body, { signal }, broke)) {
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

async function decodePicture(blob: Blob, { openTiff }: PictureArithmetic): Promise<ImageBitmap> {
  if (blob.type === 'image/tiff') return openTiff(await blob.arrayBuffer());
  try {
    return await createImageBitmap(blob, { imageOrientation: 'from-image' });
  } catch (cause) {
    throw new AppError(
      'file/unreadable',
      blob.type === 'image/heic'
        ? 'This HEIC picture could not be decoded: Safari does, most browsers do not. Save it as JPEG or PNG and drop that.'
        : `The picture (${blob.type}) could not be decoded: it is damaged, or this browser does not know the format. Save it as PNG and drop that.`,
      { cause },
    );
  }
}

async function preparePicture(
  blob: Blob,
  settings: PictureSettings,
  arithmetic: PictureArithmetic,
): Promise<PreparedPicture> {
  const bitmap = await decodePicture(blob, arithmetic);
  try {
    const factor = settings.referenceFactor ?? 1;
    const size = originalSize(bitmap, settings);
    const original = await flatten(bitmap, size, settings);
    if (settings.referenceFactor === null) return { picture: original, reference: null };
    const picture = await arithmetic.reduce(original, size.width / factor, size.height / factor);
    return { picture, reference: original };
  } finally {
    bitmap.close();
  }
}

/** Draws the middle of the picture, scaled to cover `size`, over the chosen background. */
async function flatten(
  bitmap: ImageBitmap,
  size: ReturnType<typeof originalSize>,
  settings: PictureSettings,
): Promise<ImageBitmap> {
  const canvas = new OffscreenCanvas(size.width, size.height);
  const context = canvas.getContext('2d');
  if (context === null) throw new AppError('file/unreadable', 'This browser gives no canvas to draw on.');
  context.fillStyle = BACKGROUNDS[settings.background];
  context.fillRect(0, 0, size.width, size.height);
  context.imageSmoothingQuality = 'high';
  const scale = coverScale(bitmap, settings);
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
