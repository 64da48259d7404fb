import { initialValues, oneOf, type Params, type Values } from '../../../app/show/link-params.ts';
import { wordsOf } from '../../../words/language.ts';
import { blink } from './blink.ts';
import { difference } from './difference.ts';
import { lens } from './lens.ts';
import { SHARED_PARAMS } from './shared-params.ts';
import { side } from './side.ts';
import { slider } from './slider.ts';
import type { View } from './view.ts';

/** Every way to look at the results, in the toolbar's order; the page opens with the first. */
export const VIEWS = [side, slider, lens, difference, blink] as const satisfies readonly View<object>[];

type Listed = (typeof VIEWS)[number];
export type ViewMode = Listed['mode'];

type Together<Union> = (Union extends unknown ? (part: Union) => void : never) extends (
  all: infer All,
) => void
  ? All
  : never;

const ownParams = Object.assign({}, ...VIEWS.map(({ params }): Params => params)) as Together<
  Listed['params']
>;

/** The parameters of all views as links tell them, by field. */
export const VIEW_PARAMS = {
  mode: oneOf<ViewMode, ViewMode>(
    'view',
    VIEWS.map(({ mode }) => mode),
    VIEWS[0].mode,
  ),
  ...SHARED_PARAMS,
  ...ownParams,
};

/** How the results are looked at; none of it changes what is computed. */
export type ViewState = Values<typeof VIEW_PARAMS>;

export type ViewChange = Partial<ViewState>;

export const INITIAL_VIEW: ViewState = initialValues(VIEW_PARAMS);

/** What a view is called, and with its hint, in the language in use. */
export function viewWords(mode: ViewMode): { readonly title: string; readonly line: string } {
  const { title, hint } = wordsOf<Pick<View<object>, 'title' | 'hint'>>('views', mode, viewOf(mode));
  return { title, line: `${title}: ${hint}` };
}

/** The view of that name, whatever its own parameters; a view that is not listed is a mistake in the code and throws. */
export function viewOf(wanted: ViewMode): Omit<View<ViewState>, 'params'> {
  const view = VIEWS.find(({ mode }) => mode === wanted);
  if (view === undefined) throw new Error(`there is no view "${wanted}"`);
  return view;
}
