import type { ViewState } from '../app/state/view-state.ts';

export type ViewChange = Partial<ViewState>;

/** The view's reducer: a change of some of its parts. */
export const reduceView = (view: ViewState, change: ViewChange): ViewState =>
  Object.entries(change).every(([name, value]) => view[name as keyof ViewState] === value)
    ? view
    : { ...view, ...change };
