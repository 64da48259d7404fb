/** Draws the middle of `bitmap` over all of `canvas`; one that was closed meanwhile draws nothing. */
export function drawCover(canvas: HTMLCanvasElement, bitmap: ImageBitmap | OffscreenCanvas): void {
  if (bitmap.width === 0 || bitmap.height === 0) return;
  const scale = Math.max(canvas.width / bitmap.width, canvas.height / bitmap.height);
  const [width, height] = [canvas.width / scale, canvas.height / scale];
  const [left, top] = [(bitmap.width - width) / 2, (bitmap.height - height) / 2];
  canvas.getContext('2d')?.drawImage(bitmap, left, top, width, height, 0, 0, canvas.width, canvas.height);
}
