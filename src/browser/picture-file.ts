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
 * A picture as a file of three channels where all is opaque: some programs balk at a fourth with nothing in it. Opacity is kept in PNG and
 * WebP. PNGs carry `texts`; the other formats have no place for them that programs would look in. Throws where the browser cannot write the format.
 */
export async function pictureFile(
  picture: ImageBitmap | OffscreenCanvas,
  { type, quality }: PictureFormat,
  texts: Readonly<Record<string, string>>,
): Promise<Blob> {
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  const context = canvas.getContext('2d', {
    alpha: type !== 'image/jpeg',
    willReadFrequently: type === 'image/png',
  });
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

/** The tops and heights of the strips of a picture. */
const stripsOf = (height: number) =>
  Array.from({ length: Math.ceil(height / STRIP_ROWS) }, (_, k) => {
    const top = k * STRIP_ROWS;
    return { top, rows: Math.min(STRIP_ROWS, height - top) };
  });

/** Browsers write four channels whatever the canvas has, so the rows are laid out here; the browser compresses them. */
async function pngOf(
  context: OffscreenCanvasRenderingContext2D,
  width: number,
  height: number,
  texts: Readonly<Record<string, string>>,
): Promise<Blob> {
  const [{ filteredRows, isOpaque, rgbPng }, { addPngText }] = await Promise.all([
    import('../core/container/write-png.ts'),
    import('../core/latent/png-text.ts'),
  ]);
  const { readable, writable } = new CompressionStream('deflate');
  const packed = new Response(readable).arrayBuffer();
  const writer = writable.getWriter();
  const strips = stripsOf(height);
  const pixels = (top: number, rows: number) => context.getImageData(0, top, width, rows).data;
  const channels = strips.every(({ top, rows }) => isOpaque(pixels(top, rows))) ? 3 : 4;
  for (const { top, rows } of strips) {
    const above = top === 0 ? null : pixels(top - 1, 1);
    await writer.write(filteredRows(pixels(top, rows), width, rows, above, channels));
    await new Promise((resolve) => setTimeout(resolve));
  }
  await writer.close();
  const parts = rgbPng(width, height, new Uint8Array(await packed), channels).map(
    (part) => new Uint8Array(part),
  );
  const whole = new Uint8Array(await new Blob(parts).arrayBuffer());
  return new Blob([addPngText(whole, { ...texts })], { type: 'image/png' });
}
