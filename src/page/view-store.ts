import type { ViewChange, ViewState } from '../ui/stage/views/index.ts';

/** The view's reducer: a change of some of its parts. */
export const reduceView = (view: ViewState, change: ViewChange): ViewState =>
  Object.entries(change).every(([name, value]) => view[name as keyof ViewState] === value)
    ? view
    : { ...view, ...change };
