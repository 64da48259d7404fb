import type { Latent } from '../../core/latent/latent.ts';
import { previewLatent } from '../../core/latent/preview.ts';
import type { Override } from '../../core/latent/reading.ts';
import type { OpenedLatent, OpenedPicture } from '../../core/open-file.ts';
import type { LatentSource, PaneImage, PictureSettings, PictureSource } from '../state/state.ts';
import type { Platform } from './platform.ts';

export const DEFAULT_PICTURE_SETTINGS: PictureSettings = {
  longestSide: 512,
  background: 'white',
  referenceFactor: null,
};

/** What an item is made of: a latent, or a picture that has still to become one. */
export type Source =
  | { readonly source: LatentSource; readonly latent: Latent }
  | { readonly source: PictureSource; readonly latent: null };

/** What an item is made of, from what the door said; a picture is decoded once, to learn its size. Throws file/unreadable. */
export async function sourceFrom(
  opened: OpenedLatent | OpenedPicture,
  file: Blob,
  override: Override,
  platform: Platform,
  settings: PictureSettings = DEFAULT_PICTURE_SETTINGS,
): Promise<Source> {
  if (opened.kind === 'latent') {
    const { file: tensors, reading, latent } = opened;
    return { source: { kind: 'latent', file: tensors, reading, override, sizeBytes: file.size }, latent };
  }
  // The type by content, whatever the file calls itself; a slice copies nothing.
  const blob = file.slice(0, file.size, opened.type);
  const bitmap = await platform.decodePicture(blob);
  const { width, height } = bitmap;
  bitmap.close();
  return {
    source: { kind: 'picture', blob, width, height, settings, encodeMs: null },
    latent: null,
  };
}

/** The same file understood another way. What guesses comes with the first call: the demos need none of it. */
export async function rereadLatent(
  source: LatentSource,
  name: string,
  override: Override,
): Promise<{ readonly source: LatentSource; readonly latent: Latent }> {
  const { interpret } = await import('../../core/latent/interpret.ts');
  const { reading, latent } = interpret(source.file, { fileName: name }, override);
  return { source: { ...source, reading, override }, latent };
}

/** The quick linear picture of a latent, where its family has factors. */
export async function makePreview(latent: Latent, platform: Platform): Promise<PaneImage | null> {
  const pixels = await previewLatent(latent);
  if (pixels === null) return null;
  const bitmap = await platform.bitmapOf(pixels);
  return { bitmap, width: pixels.width, height: pixels.height, kind: 'preview', version: 0 };
}
