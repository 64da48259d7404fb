import { describe, expect, it } from 'vitest';
import { FAMILIES } from '../../core/families/index.ts';
import { DEFAULT_PANES } from '../state/panes.ts';
import { INITIAL_VIEW, type ViewState } from '../state/view-state.ts';
import { readLink, writeLink } from './share-link.ts';

const page = 'https://example.org/lift/';

describe('the share link', () => {
  it('is the plain address while everything is as it was', () => {
    const parts = {
      backend: 'auto',
      origin: null,
      override: {},
      shown: DEFAULT_PANES,
      view: INITIAL_VIEW,
    } as const;
    expect(writeLink(page, parts)).toBe(page);
  });

  it('brings back demo, family, panes, view, zoom and spot', () => {
    const view: ViewState = {
      mode: 'difference',
      first: 'lua-4',
      second: 'pixel-bicubic-4',
      wipe: 0.25,
      gain: 16,
      lensPower: 7,
      lensX: 0.1234,
      lensY: 0.75,
      isSmooth: false,
      x: 0.3,
      y: 0.6,
      magnification: 5.5,
    };
    const shown = ['decode-1', 'lua-4', 'pixel-bicubic-4'] as const;
    const override = { family: 'flux1', space: 'raw' } as const;
    const text = writeLink(page, {
      backend: 'wasm',
      origin: { kind: 'demo', id: 'coffee' },
      override,
      shown,
      view,
    });
    expect(readLink(text)).toEqual({
      backend: 'wasm',
      latentUrl: null,
      demoId: 'coffee',
      override,
      shown,
      view,
    });
  });

  it.each(FAMILIES.map(({ id }) => id))('brings back the family %s', (family) => {
    const parts = { backend: 'auto', origin: null, shown: DEFAULT_PANES, view: INITIAL_VIEW } as const;
    for (const space of ['model', 'raw'] as const) {
      const override = { family, space };
      expect(readLink(writeLink(page, { ...parts, override })).override).toEqual(override);
    }
  });

  it('forgets an earlier demo once a file is open', () => {
    const parts = {
      backend: 'auto',
      origin: { kind: 'file' },
      override: {},
      shown: DEFAULT_PANES,
      view: INITIAL_VIEW,
    } as const;
    expect(writeLink(`${page}?demo=coffee&utm=1`, parts)).toBe(`${page}?utm=1`);
  });

  it('opens the defaults where an address is mangled', () => {
    const link = readLink(
      `${page}?view=upside&zoom=-3&x=NaN&panes=,,lua-9&gain=3&backend=abacus&family=none`,
    );
    expect(link.view).toEqual({ ...INITIAL_VIEW, magnification: 0.01 });
    expect(link.shown).toEqual(DEFAULT_PANES);
    expect(link.backend).toBe('auto');
    expect(link.override).toEqual({});
  });

  it('takes a relative latent from the page’s own place', () => {
    expect(readLink(`${page}?latent=files/a.npy`).latentUrl).toBe('https://example.org/lift/files/a.npy');
  });
});
