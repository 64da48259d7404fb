/** Work on pictures, done off the page's thread. Bitmaps and bytes are taken over. */
export interface PictureTools {
  /** PSNR (dB) and SSIM of two pictures of one size, as 8-bit RGB. */
  compare(picture: ImageBitmap, reference: ImageBitmap): Promise<{ psnr: number; ssim: number }>;
  /** Gradient energy (core/metrics.ts) of the picture as 8-bit RGB in [0,1]. */
  detail(picture: ImageBitmap): Promise<number>;
  /** The first picture of a TIFF file, which browsers do not decode. Throws file/unreadable, file/too-large. */
  openTiff(bytes: ArrayBuffer): Promise<ImageBitmap>;
  /** The picture at `width` x `height` by antialiased bicubic, as torch and Pillow resize. */
  reduce(picture: ImageBitmap, width: number, height: number): Promise<ImageBitmap>;
}
