import { describe, expect, it } from 'vitest';
import { openFile } from './open-file.ts';

const file = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

describe('pictures that browsers do not all decode', () => {
  it.each([
    ['scan.tif', 'II*\0\u0008\0\0\0', 'image/tiff'],
    ['scan.tiff', 'MM\0*\0\0\0\u0008', 'image/tiff'],
    ['IMG_0001.HEIC', '\0\0\0\u0018ftypheic', 'image/heic'],
    ['burst.heif', '\0\0\0\u0018ftypmsf1', 'image/heic'],
    ['still.heif', '\0\0\0\u0018ftypmif1', 'image/heic'],
  ])('%s is a picture by its first bytes, whatever its name', (name, text, type) => {
    expect(openFile(file(text), name)).toEqual({ kind: 'picture', type });
    expect(openFile(file(text), 'latent.npy')).toEqual({ kind: 'picture', type });
  });
});
