import { describe, expect, it } from 'vitest';
import { initialValues, type Params, readParams, writeParams } from '../../../app/show/link-params.ts';
import { paneCards } from '../../../app/show/pane-cards.ts';
import { initialState } from '../../../app/state/state.ts';
import { INITIAL_VIEW, VIEW_PARAMS, VIEWS, type ViewMode, type ViewState, viewOf } from './index.ts';
import { chosenPair, SHARED_PARAMS } from './shared-params.ts';
import type { View } from './view.ts';

const cards = paneCards(initialState('auto'));
const address = 'https://example.org/lift/';

/** Another value than the start, as an address would tell it. */
const OTHERS: readonly string[] = ['0', '1', '4', '5', '16', '250', 'lua-2', 'lua-4', 'lens'];

function otherThanInitial(params: Params, field: string): { name: string; value: unknown } {
  const param = params[field];
  if (param === undefined) throw new Error(`no parameter ${field}`);
  for (const text of OTHERS) {
    const value = param.parse(text, address);
    if (value !== undefined && value !== param.initial) return { name: param.name, value };
  }
  throw new Error(`no other value of ${field} is known to this test`);
}

describe('the views', () => {
  it('differ in name, title and key, and no two parameters share a field or a name', () => {
    const unique = (values: readonly string[]) => expect(values).toEqual([...new Set(values)]);
    unique(VIEWS.map(({ mode }) => mode));
    unique(VIEWS.map(({ title }) => title));
    unique(VIEWS.map(({ key }) => key));
    const all: Params[] = [SHARED_PARAMS, ...VIEWS.map(({ params }) => params)];
    unique(all.flatMap((params) => Object.keys(params)));
    unique(all.flatMap((params) => Object.values(params).map(({ name }) => name)));
  });

  it('are known by their own names only', () => {
    for (const { mode, title } of VIEWS) expect(viewOf(mode)).toMatchObject({ mode, title });
    expect(() => viewOf('upside' as ViewMode)).toThrow('there is no view "upside"');
  });

  for (const field of Object.keys(VIEW_PARAMS)) {
    it(`bring ${field} back through a link`, () => {
      const { name, value } = otherThanInitial(VIEW_PARAMS, field);
      const view = { ...INITIAL_VIEW, [field]: value } as ViewState;
      const url = new URL(address);
      writeParams(VIEW_PARAMS, view, url.searchParams);
      expect([...url.searchParams.keys()]).toEqual([name]);
      expect(readParams(VIEW_PARAMS, url.href)).toEqual(view);
      writeParams(VIEW_PARAMS, initialValues(VIEW_PARAMS), url.searchParams);
      expect(url.href).toBe(address);
    });
  }

  for (const listed of VIEWS) {
    it(`make a figure of ${listed.title}, each part with a caption`, () => {
      const pair = chosenPair(INITIAL_VIEW, cards);
      if (pair === null) throw new Error('there are cards to choose from');
      const view: Omit<View<ViewState>, 'params'> = viewOf(listed.mode);
      const parts = view.figure({ cards, pair, view: INITIAL_VIEW, focusSpot: { x: 0.5, y: 0.5 } });
      expect(parts.length).toBeGreaterThan(0);
      for (const { title, detail } of parts) expect([title, detail]).not.toContain('');
    });
  }
});

describe('the chosen pair', () => {
  it('is what was chosen where that is shown', () => {
    expect(chosenPair({ first: 'lua-2', second: 'decode-1' }, cards)?.map(({ key }) => key)).toEqual([
      'lua-2',
      'decode-1',
    ]);
  });

  it('is the first and the last that are there where a link names others', () => {
    const keys = chosenPair({ first: 'pixel-lanczos-2', second: 'pixel-lanczos-4' }, cards);
    expect(keys?.map(({ key }) => key)).toEqual(['decode-1', 'lua-4']);
  });

  it('is twice the same where one picture is all there is, and none without any', () => {
    const [only] = cards;
    if (only === undefined) throw new Error('there are cards');
    expect(chosenPair({ first: 'lua-2', second: 'lua-4' }, [only])).toEqual([only, only]);
    expect(chosenPair({ first: 'lua-2', second: 'lua-4' }, [])).toBeNull();
  });
});
