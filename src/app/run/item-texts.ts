import type { Item } from '../state/state.ts';

/** A picture's texts stand before its pixels, or behind them in a WebP; files beyond this are not searched. */
const MOST_BYTES = 64e6;

const texts = new WeakMap<object, Promise<Readonly<Record<string, string>>>>();

/** What stands beside the values of an item's file: safetensors metadata, a PNG's text chunks, EXIF. Read once a file; never rejects. */
export function textsOf({ source }: Item): Promise<Readonly<Record<string, string>>> {
  if (source.kind === 'latent') return Promise.resolve(source.file.metadata);
  const known = texts.get(source.blob);
  if (known !== undefined) return known;
  const read = readTexts(source.blob).catch(() => ({}));
  texts.set(source.blob, read);
  return read;
}

async function readTexts(blob: Blob): Promise<Readonly<Record<string, string>>> {
  if (blob.size > MOST_BYTES) return {};
  const { readPictureText } = await import('../../core/latent/picture-text.ts');
  return readPictureText(new Uint8Array(await blob.arrayBuffer()));
}
