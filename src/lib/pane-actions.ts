function pngOf(bitmap: ImageBitmap | OffscreenCanvas): Promise<Blob> {
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
  return canvas.convertToBlob({ type: 'image/png' });
}

/** A picture on the clipboard; rejects where the page may not write there. */
export const copyPicture = (bitmap: ImageBitmap | OffscreenCanvas): Promise<void> =>
  navigator.clipboard.write([new ClipboardItem({ 'image/png': pngOf(bitmap) })]);

/** A picture as a download of that name. */
export async function savePicture(bitmap: ImageBitmap | OffscreenCanvas, name: string): Promise<void> {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await pngOf(bitmap));
  link.download = `${name}.png`;
  link.click();
  // The browser takes the file over a moment after the click.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
