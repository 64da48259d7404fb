/** Arithmetic on pictures, done off the page's thread. Bitmaps are taken over. */
export interface PictureTools {
  /** PSNR (dB) and SSIM of two pictures of one size, as 8-bit RGB. */
  compare(picture: ImageBitmap, reference: ImageBitmap): Promise<{ psnr: number; ssim: number }>;
  /** The picture at `width` x `height` by antialiased bicubic, as torch and Pillow reduce. */
  reduce(picture: ImageBitmap, width: number, height: number): Promise<ImageBitmap>;
}
