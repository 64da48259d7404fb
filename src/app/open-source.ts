import { isNpy, readNpy } from '../core/container/npy.ts';
import type { TensorFile } from '../core/container/tensor.ts';
import { AppError } from '../core/errors.ts';
import { interpret } from '../core/latent/interpret.ts';
import type { Latent } from '../core/latent/latent.ts';
import { previewLatent } from '../core/latent/preview.ts';
import type { Override } from '../core/latent/reading.ts';
import type { Platform } from './platform.ts';
import type { LatentSource, PaneImage, PictureSettings, PictureSource } from './state.ts';

export const DEFAULT_PICTURE_SETTINGS: PictureSettings = {
  longestSide: 512,
  background: 'white',
  referenceFactor: null,
};

const startsWith = (bytes: Uint8Array, offset: number, text: string): boolean =>
  [...text].every((letter, index) => bytes[offset + index] === letter.charCodeAt(0));

/** The MIME type of a picture by its first bytes, or null: names and declared types are only hints. */
export function sniffPicture(bytes: Uint8Array): string | null {
  if (startsWith(bytes, 1, 'PNG\r\n')) return 'image/png';
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'image/jpeg';
  if (startsWith(bytes, 0, 'RIFF') && startsWith(bytes, 8, 'WEBP')) return 'image/webp';
  if (startsWith(bytes, 4, 'ftypavif') || startsWith(bytes, 4, 'ftypavis')) return 'image/avif';
  return null;
}

export interface OpenedLatent {
  readonly source: LatentSource;
  readonly latent: Latent;
}

/** Plain .npy, as the page's own demos are, is read by what the first view loads; the other readers come when needed. */
async function readTensors(bytes: Uint8Array, name: string): Promise<TensorFile> {
  if (isNpy(bytes)) {
    try {
      return readNpy(bytes);
    } catch {
      // The full reader takes the name's hints too, and says what is wrong.
    }
  }
  const { openTensorFile } = await import('../core/container/open-tensor-file.ts');
  return openTensorFile(bytes, name);
}

/** Reads a latent file whole. Throws AppError: what was found, what was expected, what to do. */
async function openLatent(bytes: Uint8Array, name: string, override: Override = {}): Promise<OpenedLatent> {
  const file = await readTensors(bytes, name);
  const { reading, latent } = interpret(file, { fileName: name }, override);
  return { source: { kind: 'latent', file, reading, override, sizeBytes: bytes.byteLength }, latent };
}

/** The same file understood another way. */
export function rereadLatent(source: LatentSource, name: string, override: Override): OpenedLatent {
  const { reading, latent } = interpret(source.file, { fileName: name }, override);
  return { source: { ...source, reading, override }, latent };
}

async function isLatentPng(bytes: Uint8Array): Promise<boolean> {
  const reader = await import('../core/latent/latent-png.ts');
  return reader.isLatentPng(bytes);
}

/** Opens bytes as what they are: a picture by its signature, else a latent file. */
export async function openBytes(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
  platform: Platform,
): Promise<OpenedLatent | { readonly source: PictureSource; readonly latent: null }> {
  if (bytes.byteLength === 0) {
    throw new AppError('file/truncated', `“${name}” is empty; a latent file or a picture was expected.`);
  }
  const type = sniffPicture(bytes);
  if (type === null || (type === 'image/png' && (await isLatentPng(bytes)))) return openLatent(bytes, name);
  const blob = new Blob([bytes], { type });
  const bitmap = await platform.decodePicture(blob);
  const { width, height } = bitmap;
  bitmap.close();
  return {
    source: { kind: 'picture', blob, width, height, settings: DEFAULT_PICTURE_SETTINGS, encodeMs: null },
    latent: null,
  };
}

/** The quick linear picture of a latent, where its family has factors. */
export async function makePreview(latent: Latent, platform: Platform): Promise<PaneImage | null> {
  const pixels = previewLatent(latent);
  if (pixels === null) return null;
  const bitmap = await platform.bitmapOf(pixels);
  return { bitmap, width: pixels.width, height: pixels.height, kind: 'preview', version: 0 };
}
