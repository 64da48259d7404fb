import { describe, expect, it } from 'vitest';
import { DEFAULT_PANES, parsePaneKey, sortPanes } from './panes.ts';

describe('pane keys', () => {
  it('reads a method and a scale', () => {
    expect(parsePaneKey('pixel-lanczos-4')).toEqual({
      key: 'pixel-lanczos-4',
      method: 'pixel-lanczos',
      scale: 4,
    });
  });

  it('knows no upscaling by 1 and no plain decode by 2', () => {
    expect(parsePaneKey('lua-1')).toBeNull();
    expect(parsePaneKey('decode-2')).toBeNull();
    expect(parsePaneKey('magic-2')).toBeNull();
  });

  it('leaves the main panes in their places when rivals come', () => {
    expect(sortPanes(['pixel-lanczos-2', ...DEFAULT_PANES, 'latent-bicubic-2', 'pixel-lanczos-2'])).toEqual([
      'decode-1',
      'lua-2',
      'lua-4',
      'latent-bicubic-2',
      'pixel-lanczos-2',
    ]);
  });
});
