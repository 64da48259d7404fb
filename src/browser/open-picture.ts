import { coverScale, originalSize } from '../app/run/picture-size.ts';
import type { PreparedPicture } from '../app/run/platform.ts';
import type { PictureSettings } from '../app/state/state.ts';
import { AppError } from '../core/errors.ts';

/** What opening a picture has a worker do. */
export interface OpeningArithmetic {
  reduce(picture: ImageBitmap, width: number, height: number): Promise<ImageBitmap>;
  openTiff(bytes: ArrayBuffer): Promise<ImageBitmap>;
}

const BACKGROUNDS: Readonly<Record<PictureSettings['background'], string>> = {
  white: '#ffffff',
  grey: '#808080',
  black: '#000000',
};

/** A picture file upright and at its own size. Throws file/unreadable for what the browser cannot decode. */
export async function decodePicture(blob: Blob, { openTiff }: OpeningArithmetic): Promise<ImageBitmap> {
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

/** A picture as it is encoded: cut, flattened and reduced as the settings say, with the original where that is the yardstick. */
export async function preparePicture(
  blob: Blob,
  settings: PictureSettings,
  arithmetic: OpeningArithmetic,
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
