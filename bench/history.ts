import { type BenchResult, costOf } from './report.ts';

/** What is kept of a run: costs as ratios, since another day's machine is another machine. */
export interface HistoryLine {
  readonly name: string;
  /** For each setting: cost of a cell over the cost of our decoder at the same size, by "contender @ pixels". */
  readonly ratios: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Share of the runtime's best convolution that our decoder reaches, by setting. */
  readonly shares: Readonly<Record<string, number>>;
}

const BASE = 'decode x1';
const round = (value: number): number => Number(value.toPrecision(3));

export function historyLineOf({ settings }: BenchResult, name: string): HistoryLine {
  const ratios: Record<string, Record<string, number>> = {};
  const shares: Record<string, number> = {};
  for (const { name: setting, cells, limits } of settings) {
    const own: Record<string, number> = {};
    for (const cell of cells) {
      const base = cells.find(({ id, pixels }) => id === BASE && pixels === cell.pixels);
      const [cost, unit] = [costOf(cell), costOf(base)];
      if (cost !== null && unit !== null) own[`${cell.id} @ ${cell.pixels}`] = round(cost / unit);
      if (cell === base && cost !== null && cell.multiplyAdds !== null) {
        shares[setting] = round(cell.multiplyAdds / cost / 1e6 / limits.convGmacs);
      }
    }
    ratios[setting] = own;
  }
  return { name, ratios, shares };
}

/** How the ratios have moved against an earlier line; only what both have. */
export function compareRatios(now: HistoryLine, before: HistoryLine): string {
  const rows = Object.entries(now.ratios).flatMap(([setting, cells]) =>
    Object.entries(cells).flatMap(([cell, ratio]) => {
      const earlier = before.ratios[setting]?.[cell];
      if (earlier === undefined) return [];
      const change = ratio / earlier;
      return [
        `${setting}  ${cell}: ${ratio} against ${earlier}, ${change.toFixed(2)} times${change > 1.1 ? '  SLOWER' : ''}`,
      ];
    }),
  );
  const shares = Object.entries(now.shares).flatMap(([setting, share]) => {
    const earlier = before.shares[setting];
    return earlier === undefined
      ? []
      : [`${setting}  our decoder's share of the limit: ${share} against ${earlier}`];
  });
  return [
    `Costs in units of our decoder's at the same size, against "${before.name}":`,
    ...rows,
    ...shares,
  ].join('\n');
}
