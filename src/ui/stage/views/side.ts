import { nothing } from 'lit';
import { cardPart } from './figure-parts.ts';
import { panesOf } from './panes.ts';
import type { View } from './view.ts';

export const side = {
  mode: 'side',
  title: 'Side by side',
  hint: 'all pictures at the same shown size',
  key: 's',
  params: {},
  render: (stage) => panesOf(stage),
  controls: () => nothing,
  figure: ({ cards }) => cards.map((card) => cardPart(card)),
} as const satisfies View<object>;
