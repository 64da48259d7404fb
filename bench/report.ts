import { readFileSync, writeFileSync } from 'node:fs';
import type { Scale } from '../src/contract/engine.ts';
import type { Limits } from './limits.ts';
import type { Outcome } from './rounds.ts';
import type { OpenReport, Setting } from './stage.ts';

export interface CellResult extends Outcome {
  readonly title: string;
  readonly scale: Scale;
  /** Side of the picture that comes out. */
  readonly pixels: number;
  /** Null where it cannot be counted. */
  readonly multiplyAdds: number | null;
}

export interface BackendResult {
  readonly name: string;
  readonly setting: Setting;
  readonly limits: Limits;
  readonly opened: Readonly<Record<string, OpenReport>>;
  readonly cells: readonly CellResult[];
}

export interface BenchResult {
  readonly cpu: string;
  readonly cores: number;
  readonly browser: string;
  readonly rounds: number;
  readonly capMs: number;
  readonly settings: readonly BackendResult[];
}

export const costOf = (cell: CellResult | undefined): number | null =>
  cell?.warm?.costMs ?? cell?.cold?.costMs ?? null;

export const seconds = (ms: number): string =>
  ms >= 100_000
    ? `${Math.round(ms / 1000)} s`
    : ms >= 1000
      ? `${(ms / 1000).toPrecision(3)} s`
      : `${Math.round(ms)} ms`;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

function spread(cell: CellResult): string {
  const { warm } = cell;
  if (warm === undefined) return '';
  const aside = (100 * (warm.mostMs - warm.leastMs)) / 2 / warm.costMs;
  return warm.runs > 1 ? ` ±${Math.round(aside)} %` : '';
}

/** Median and spread; where there is none a dash for what was passed by, else the number of its reason in `reasons`. */
function figure(cell: CellResult | undefined, reasons: string[]): string {
  if (cell === undefined) return '';
  const cost = costOf(cell);
  if (cost === null) {
    const note = cell.note ?? 'no run';
    if (note.includes('foreseen')) return '-';
    if (!reasons.includes(note)) reasons.push(note);
    return `(${reasons.indexOf(note) + 1})`;
  }
  return `${seconds(cost)}${spread(cell)}${cell.warm === undefined ? ' (cold)' : ''}`;
}

function costTable({ cells }: BackendResult): string {
  const sizes = [...new Set(cells.map(({ pixels }) => pixels))];
  const ids = [...new Set(cells.map(({ id }) => id))];
  const reasons: string[] = [];
  const rows = ids.map((id) => {
    const own = cells.filter((cell) => cell.id === id);
    const figures = sizes.map((size) =>
      figure(
        own.find(({ pixels }) => pixels === size),
        reasons,
      ),
    );
    return [own[0]?.title ?? id, ...figures];
  });
  const told = reasons.map((reason, i) => `(${i + 1}) ${reason}`);
  return [table(['', ...sizes.map((size) => `${size} px`)], rows), ...told].join('\n\n');
}

/** At the largest size that each has warm: work, rate, share of the limit, memory, tiles, cold run. */
function detailTable({ cells, limits }: BackendResult): string {
  const ids = [...new Set(cells.map(({ id }) => id))];
  const rows = ids.flatMap((id) => {
    const cell = cells.filter((one) => one.id === id && one.warm !== undefined).at(-1);
    if (cell?.warm === undefined || cell.cold === undefined) return [];
    const { multiplyAdds, warm, cold, pixels } = cell;
    const rate = multiplyAdds === null ? null : multiplyAdds / warm.costMs / 1e6;
    return [
      [
        cell.title,
        `${pixels}`,
        multiplyAdds === null ? '' : (multiplyAdds / 1e9).toPrecision(3),
        multiplyAdds === null ? '' : `${Math.round(multiplyAdds / pixels ** 2).toLocaleString('en')}`,
        rate === null ? '' : rate.toPrecision(3),
        rate === null ? '' : `${Math.round((100 * rate) / limits.convGmacs)} %`,
        `${((1e6 * warm.costMs) / pixels ** 2).toPrecision(3)}`,
        seconds(cold.costMs),
        `${warm.peakMb ?? ''}`,
        `${cold.tiles}`,
        `${warm.runs}`,
      ],
    ];
  });
  const head = [
    '',
    'px',
    'GMAC',
    'MAC/px',
    'GMAC/s',
    'of the limit',
    'ns/px',
    'first run',
    'MB',
    'tiles',
    'runs',
  ];
  return table(head, rows);
}

const TITLES: Readonly<Record<string, string>> = {
  wasm1: 'CPU, one thread',
  wasm2: 'CPU, two threads',
  webgpu: 'WebGPU',
  webgpu32: 'WebGPU, float32',
};

function settingText(result: BackendResult): string {
  const { name, limits, opened } = result;
  const fetched = Object.entries(opened)
    .filter(([, { fetchedBytes }]) => fetchedBytes > 0)
    .map(([id, { fetchedBytes }]) => `${id} ${(fetchedBytes / 1e6).toFixed(1)}`);
  const load = Object.values(opened).find((one) => one.load !== null)?.load;
  return [
    `### ${TITLES[name] ?? name}`,
    load
      ? `Engine: ${load.backend}, ${load.precision}, ${load.threads} thread${load.threads === 1 ? '' : 's'}.`
      : '',
    `The runtime's own best, measured in the same run: 3x3 convolution ${limits.convGmacs.toFixed(1)} GMAC/s, matrix product ${limits.matmulGmacs.toFixed(1)} GMAC/s, memory ${limits.memoryGbs.toFixed(1)} GB/s.`,
    costTable(result),
    "At the largest size of each that ran warm; GMAC counted from the graphs as if in one piece, `limit` the runtime's best convolution:",
    detailTable(result),
    `Fetched by each page until its first picture could be made, in MB: ${fetched.join(', ')}.`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** The part of docs/performance.md that a run writes. */
export const markdownOf = (result: BenchResult): string =>
  [
    `${result.browser}, ${result.cores} hardware threads. Medians of up to ${result.rounds} warm runs, interleaved; a cell stops when its runs have taken ${result.capMs / 1000} s, and one that would need longer for a single run, told from half its size, is passed by (-).`,
    ...result.settings.map(settingText),
  ].join('\n\n');

const MARKS = ['<!-- measured: begin -->', '<!-- measured: end -->'] as const;

/** Replaces what stands between the marks of a Markdown file. */
export function writeBetweenMarks(file: string, markdown: string): void {
  const text = readFileSync(file, 'utf8');
  const [begin, end] = MARKS.map((mark) => text.indexOf(mark)) as [number, number];
  if (begin < 0 || end < begin) throw new Error(`${file} has no ${MARKS.join(' and ')}.`);
  writeFileSync(file, `${text.slice(0, begin + MARKS[0].length)}\n\n${markdown}\n\n${text.slice(end)}`);
}
