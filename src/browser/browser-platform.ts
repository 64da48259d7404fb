import type { ByteReport, Platform, RgbaPixels } from '../app/run/platform.ts';
import type { Quality } from '../app/state/state.ts';
import { AppError } from '../core/errors.ts';
import { fetchWhole } from '../core/fetch-whole.ts';
import type { OpeningArithmetic } from './open-picture.ts';

/** Arithmetic that a worker does for the page. */
export interface PictureArithmetic extends OpeningArithmetic {
  compare(picture: ImageBitmap, reference: ImageBitmap): Promise<Quality>;
  detail(picture: ImageBitmap): Promise<number>;
}

/** A page that fetches by address has no business with larger files: the largest latents are some tens of megabytes. */
const MAX_FETCH_BYTES = 2 ** 30;

/** Comes behind the first picture, which is a latent's. */
const openPicture = () => import('./open-picture.ts');

/** The browser's side of the controller's needs. */
export const createBrowserPlatform = (
  arithmetic: PictureArithmetic,
  { readFile, ask }: Pick<Platform, 'readFile' | 'ask'>,
): Platform => ({
  pageUrl: document.baseURI,
  ask,
  fetchBytes,
  readFile,
  decodePicture: async (blob) => (await openPicture()).decodePicture(blob, arithmetic),
  preparePicture: async (blob, settings) => (await openPicture()).preparePicture(blob, settings, arithmetic),
  bitmapOf: ({ width, height, data }: RgbaPixels) =>
    createImageBitmap(new ImageData(new Uint8ClampedArray(data), width, height)),
  copyBitmap: (bitmap) => createImageBitmap(bitmap),
  createCanvas: (width, height) => new OffscreenCanvas(width, height),
  compare: arithmetic.compare,
  stretch: (picture) => arithmetic.reduce(picture, 2 * picture.width, 2 * picture.height),
  detail: arithmetic.detail,
});

function fetchBytes(url: string, signal: AbortSignal, onBytes: ByteReport): Promise<Uint8Array> {
  const name = new URL(url).pathname.split('/').at(-1) ?? url;
  function report(loaded: number, total: number): void {
    if (loaded > MAX_FETCH_BYTES) {
      throw new AppError(
        'file/too-large',
        `“${name}” is larger than 1 GB; download it and drop the file here.`,
      );
    }
    onBytes(loaded, total);
  }
  return fetchWhole(
    url,
    { signal, onBytes: report },
    (found, cause) =>
      new AppError(
        'file/unreadable',
        `“${name}” could not be fetched: ${found}. Check the address and the connection, or download it and drop the file here.`,
        { cause },
      ),
  );
}
