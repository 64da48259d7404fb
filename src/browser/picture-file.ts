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

/**
 * A picture as a file of three channels: an opaque canvas has no fourth for an encoder to write. PNGs carry `texts`; the other
 * formats have no place for them that programs would look in. Throws where the browser cannot write the format.
 */
export async function pictureFile(
  picture: ImageBitmap | OffscreenCanvas,
  { type, quality }: PictureFormat,
  texts: Readonly<Record<string, string>>,
): Promise<Blob> {
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  const context = canvas.getContext('2d', { alpha: false });
  if (context === null) throw new Error('this browser gives no canvas to draw on');
  context.drawImage(picture, 0, 0);
  const blob = await canvas.convertToBlob({ type, quality });
  // Safari answers with PNG where it cannot write the wanted format.
  if (blob.type !== type)
    throw new Error(`this browser cannot write ${EXTENSIONS[type].toUpperCase()}; choose another format`);
  if (type !== 'image/png') return blob;
  const { addPngText } = await import('../core/latent/png-text.ts');
  const bytes = addPngText(new Uint8Array(await blob.arrayBuffer()), { ...texts });
  return new Blob([new Uint8Array(bytes)], { type });
}
