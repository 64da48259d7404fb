import type { Override } from '../../core/latent/reading.ts';
import type { OpenedFile } from '../../core/open-file.ts';
import type { PictureSettings, Quality } from '../state/state.ts';
import type { Question } from './question.ts';

/** What the controller needs of a browser, so that it also runs in Node under test. */
export interface Platform {
  /** The page's own address: what lies elsewhere is another site's. */
  readonly pageUrl: string;
  /** Puts a question to the person; true after a click on its button, false however else it ends. */
  ask(question: Question): Promise<boolean>;
  /** Rejects with a sentence where the address cannot be read (network, CORS, status). */
  fetchBytes(url: string, signal: AbortSignal, onBytes: ByteReport): Promise<Uint8Array>;
  /** What a file is, found out where it cannot hold up the page. Rejects with a sentence, or with the signal's reason. */
  readFile(file: Blob, name: string, override: Override, signal: AbortSignal): Promise<OpenedFile>;
  /** Any picture the browser can decode, EXIF orientation applied. Throws file/unreadable. */
  decodePicture(blob: Blob): Promise<ImageBitmap>;
  /** The picture as the encoder is to see it (flattened, reduced), and the original to compare with where asked. */
  preparePicture(blob: Blob, settings: PictureSettings): Promise<PreparedPicture>;
  bitmapOf(pixels: RgbaPixels): Promise<ImageBitmap>;
  /** A copy that outlives the original. */
  copyBitmap(bitmap: ImageBitmap | OffscreenCanvas): Promise<ImageBitmap>;
  createCanvas(width: number, height: number): OffscreenCanvas;
  /** PSNR in dB and SSIM of two pictures of one size. */
  compare(picture: ImageBitmap, reference: ImageBitmap): Promise<Quality>;
  /** The picture at twice its size by the bicubic of the pixel-space baseline. */
  stretch(picture: ImageBitmap): Promise<ImageBitmap>;
  /** Gradient energy of a picture with values in [0,1]. */
  detail(picture: ImageBitmap): Promise<number>;
}

export type ByteReport = (loadedBytes: number, totalBytes: number) => void;

export interface RgbaPixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

export interface PreparedPicture {
  readonly picture: ImageBitmap;
  readonly reference: ImageBitmap | null;
}
