import { megapixelsPerSecond, type RunFigures } from './figures.ts';
import type { PaneCard } from './pane-cards.ts';

export interface TimingSpan {
  readonly name: (typeof TIMING_SPANS)[number];
  readonly ms: number;
}

/** One bar of the chart. */
export interface TimingRow {
  readonly id: string;
  readonly label: string;
  readonly run: 'cold' | 'warm';
  readonly runs: number;
  readonly spans: readonly TimingSpan[];
  readonly totalMs: number;
  readonly spreadMs: number;
  readonly megapixelsPerSecond: number;
}

/** The parts of a run. */
export const TIMING_SPANS = ['Setup', 'Upscale', 'Decode', 'Draw', 'Other'] as const;

/** Two bars for every pane, cold and warm apart; a kind without runs has an empty bar, so that rows never move. */
export function timingRows(cards: readonly PaneCard[]): TimingRow[] {
  return cards
    .filter((card) => card.key !== 'reference')
    .flatMap((card) =>
      (['cold', 'warm'] as const).map((run) => {
        const figures: RunFigures | null = card[run];
        const totalMs = figures?.totalMs ?? 0;
        return {
          id: `${card.key}-${run}`,
          label: `${card.title} ${card.scale}`,
          run,
          runs: figures?.runs ?? 0,
          spans: [
            { name: 'Setup', ms: figures?.compileMs ?? 0 },
            { name: 'Upscale', ms: figures?.upscaleMs ?? 0 },
            { name: 'Decode', ms: figures?.decodeMs ?? 0 },
            { name: 'Draw', ms: figures?.presentMs ?? 0 },
            { name: 'Other', ms: figures?.otherMs ?? 0 },
          ],
          totalMs,
          spreadMs: figures?.spreadMs ?? 0,
          megapixelsPerSecond: megapixelsPerSecond(card.width, card.height, totalMs),
        };
      }),
    );
}
