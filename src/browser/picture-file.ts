/** How pictures are saved. Quality is 0..1 and means nothing to PNG. */
export interface PictureFormat {
  readonly type: 'image/png' | 'image/jpeg' | 'image/webp';
  readonly quality: number;
}

export const EXTENSIONS: Readonly<Record<PictureFormat['type'], string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
};

/** Rows filtered in one go: a few milliseconds for 4096 pixels, so that the page goes on in between. */
const STRIP_ROWS = 64;

/**
 * A picture as a file of three channels: some programs balk at a fourth, and there is nothing in it. PNGs carry `texts`; the other
 * formats have no place for them that programs would look in. Throws where the browser cannot write the format.
 */
export async function pictureFile(
  picture: ImageBitmap | OffscreenCanvas,
  { type, quality }: PictureFormat,
  texts: Readonly<Record<string, string>>,
): Promise<Blob> {
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  const context = canvas.getContext('2d', { alpha: false, willReadFrequently: type === 'image/png' });
  if (context === null) throw new Error('this browser gives no canvas to draw on');
  context.drawImage(picture, 0, 0);
  if (type === 'image/png') return pngOf(context, canvas.width, canvas.height, texts);
  const blob = await canvas.convertToBlob({ type, quality });
  // Safari answers with PNG where it cannot write the wanted format.
  if (blob.type !== type) {
    throw new Error(`this browser cannot write ${EXTENSIONS[type].toUpperCase()}; choose another format`);
  }
  return blob;
}

/** Browsers write four channels whatever the canvas has, so the rows are laid out here; the browser compresses them. */
async function pngOf(
  context: OffscreenCanvasRenderingContext2D,
  width: number,
  height: number,
  texts: Readonly<Record<string, string>>,
): Promise<Blob> {
  const [{ filteredRows, rgbPng }, { addPngText }] = await Promise.all([
    import('../core/container/write-png.ts'),
    import('../core/latent/png-text.ts'),
  ]);
  const { readable, writable } = new CompressionStream('deflate');
  const packed = new Response(readable).arrayBuffer();
  const writer = writable.getWriter();
  for (let top = 0; top < height; top += STRIP_ROWS) {
    const rows = Math.min(STRIP_ROWS, height - top);
    const above = top === 0 ? null : context.getImageData(0, top - 1, width, 1).data;
    await writer.write(filteredRows(context.getImageData(0, top, width, rows).data, width, rows, above));
    await new Promise((resolve) => setTimeout(resolve));
  }
  await writer.close();
  const parts = rgbPng(width, height, new Uint8Array(await packed)).map((part) => new Uint8Array(part));
  const whole = new Uint8Array(await new Blob(parts).arrayBuffer());
  return new Blob([addPngText(whole, { ...texts })], { type: 'image/png' });
}
