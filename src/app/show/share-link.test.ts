import { describe, expect, it } from 'vitest';
import { FAMILIES } from '../../core/families/index.ts';
import { INITIAL_VIEW, VIEW_PARAMS, type ViewState } from '../../ui/stage/views/index.ts';
import { DEFAULT_PANES } from '../state/panes.ts';
import { type Link, linkedOverride, linkedSource, readLink, writeLink } from './share-link.ts';

const page = 'https://example.org/lift/';
const plain: Link<ViewState> = {
  backend: 'auto',
  ...linkedSource(null, {}),
  grade: null,
  shown: DEFAULT_PANES,
  view: INITIAL_VIEW,
};
const read = (address: string): Link<ViewState> => readLink(address, VIEW_PARAMS);
const write = (address: string, link: Link<ViewState>): string => writeLink(address, link, VIEW_PARAMS);

describe('the share link', () => {
  it('is the plain address while everything is as it was', () => {
    expect(write(page, plain)).toBe(page);
    expect(read(page)).toEqual(plain);
  });

  it('brings back demo, family, panes, view, zoom and spot', () => {
    const view: ViewState = {
      ...INITIAL_VIEW,
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
    const origin = { kind: 'demo', id: 'coffee' } as const;
    const link: Link<ViewState> = {
      backend: 'wasm',
      ...linkedSource(origin, override),
      grade: 'fine',
      shown,
      view,
    };
    const again = read(write(page, link));
    expect(again).toEqual(link);
    expect(again).toMatchObject({
      backend: 'wasm',
      grade: 'fine',
      latent: null,
      demo: 'coffee',
      shown,
      view,
    });
    expect(linkedOverride(again)).toEqual(override);
  });

  it('brings back the address of a latent, and of no file', () => {
    const url = 'https://example.org/files/a.npy';
    expect(read(write(page, { ...plain, ...linkedSource({ kind: 'url', url }, {}) })).latent).toBe(url);
    expect(write(page, { ...plain, ...linkedSource({ kind: 'file' }, {}) })).toBe(page);
  });

  it.each(FAMILIES.map(({ id }) => id))('brings back the family %s', (family) => {
    for (const space of ['model', 'raw'] as const) {
      const override = { family, space };
      const link = { ...plain, ...linkedSource(null, override) };
      expect(linkedOverride(read(write(page, link)))).toEqual(override);
    }
  });

  it('forgets an earlier demo once a file is open', () => {
    expect(write(`${page}?demo=coffee&utm=1`, { ...plain, ...linkedSource({ kind: 'file' }, {}) })).toBe(
      `${page}?utm=1`,
    );
  });

  it('opens the defaults where an address is mangled', () => {
    const link = read(`${page}?view=upside&zoom=-3&x=NaN&panes=,,lua-9&gain=3&backend=abacus&family=none`);
    expect(link.view).toEqual(INITIAL_VIEW);
    expect(link.shown).toEqual(DEFAULT_PANES);
    expect(link.backend).toBe('auto');
    expect(linkedOverride(link)).toEqual({});
  });

  it('takes a relative latent from the page’s own place', () => {
    expect(read(`${page}?latent=files/a.npy`).latent).toBe('https://example.org/lift/files/a.npy');
  });
});
