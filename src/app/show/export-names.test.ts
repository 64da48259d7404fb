import { describe, expect, it } from 'vitest';
import { openItem } from '../testing/open-item.ts';
import { pictureName, stemOf, uniqueNames } from './export-names.ts';

describe('the names of exported pictures', () => {
  it('say whose picture it is, how it was made and how large', () => {
    expect(pictureName(openItem(3), 'lua-2', 'png')).toBe('file-3-lua-2x.png');
    expect(pictureName(openItem(3), 'pixel-bicubic-4', 'jpg')).toBe('file-3-pixel-bicubic-4x.jpg');
    const reading = { items: 4, frames: 9, layout: { axes: 'bcthw', item: 1, frame: 8 }, family: 'wan' };
    const source = { kind: 'latent', reading, override: {} };
    const member = { ...openItem(1), name: 'batch.latent.safetensors', source };
    expect(pictureName(member as never, 'decode-1', 'webp')).toBe('batch-2of4-frame9-decode-1x.webp');
    const layers = {
      ...source,
      reading: { ...reading, items: 1, layout: { axes: 'bclhw', item: 0, frame: 2 } },
    };
    expect(pictureName({ ...member, source: layers } as never, 'decode-1', 'png')).toBe(
      'batch-layer3-decode-1x.png',
    );
    const third = { ...member, source: { ...source, override: { moment: 2 } } };
    expect(pictureName(third as never, 'decode-1', 'webp')).toBe('batch-2of4-frame32-decode-1x.webp');
  });

  it('fit every file system', () => {
    expect(stemOf('a/b:c*.npy')).toBe('a_b_c_');
    expect(stemOf('.png')).toBe('latent');
    expect(stemOf(`${'x'.repeat(300)}.npy`)).toHaveLength(100);
  });

  it('are given once', () => {
    const name = uniqueNames();
    expect(['a.png', 'A.png', 'a.png', 'b'].map(name)).toEqual(['a.png', 'A (2).png', 'a (3).png', 'b']);
  });
});
