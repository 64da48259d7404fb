import type { Backend, Precision } from '../../contract/engine.ts';
import { paneSize } from '../run/pane-size.ts';
import { parsePaneKey } from '../state/panes.ts';
import { type AppState, currentItem } from '../state/state.ts';
import { megapixelsPerSecond, workMs } from './figures.ts';

/** One run of one pane, flat, as a line of the CSV and an entry of the JSON. Times in milliseconds. */
export interface TimingRecord {
  readonly pane: string;
  readonly method: string;
  readonly scale: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly run: 'cold' | 'warm';
  readonly runIndex: number;
  readonly backend: Backend;
  readonly precision: Precision;
  readonly tiles: number;
  readonly compileMs: number;
  readonly upscaleMs: number;
  readonly decodeMs: number;
  readonly presentMs: number;
  readonly totalMs: number;
  readonly queuedMs: number;
  readonly megapixelsPerSecond: number;
}

export interface TimingReport {
  readonly format: 'latentlift-timings';
  readonly version: 1;
  readonly madeAt: string;
  readonly browser: string;
  readonly adapter: string | null;
  readonly threads: number;
  readonly isCrossOriginIsolated: boolean;
  readonly models: readonly string[];
  readonly latent: {
    readonly name: string;
    readonly family: string;
    readonly channels: number;
    readonly heightCells: number;
    readonly widthCells: number;
  } | null;
  readonly runs: readonly TimingRecord[];
}

/** Every finished run of the current item, with what is needed to read the figures elsewhere. `totalMs` is without the queue. */
export function timingReport(state: AppState, browser: string, madeAt: string): TimingReport {
  const item = currentItem(state);
  const { device, report } = state.engine;
  const adapter = report?.adapter ?? device?.adapter ?? null;
  return {
    format: 'latentlift-timings',
    version: 1,
    madeAt,
    browser,
    adapter:
      adapter === null
        ? null
        : [adapter.vendor, adapter.architecture, adapter.device, adapter.description]
            .filter(Boolean)
            .join(' '),
    threads: report?.threads ?? device?.threads ?? 1,
    isCrossOriginIsolated: device?.isCrossOriginIsolated ?? false,
    models: report?.models.map(({ id }) => id) ?? [],
    latent:
      item?.latent == null
        ? null
        : {
            name: item.name,
            family: item.latent.family,
            channels: item.latent.channels,
            heightCells: item.latent.height,
            widthCells: item.latent.width,
          },
    runs: item === null ? [] : Object.values(item.panes).flatMap((pane) => recordsOf(item, pane)),
  };
}

type OpenItem = NonNullable<ReturnType<typeof currentItem>>;

function recordsOf(
  item: OpenItem,
  pane: OpenItem['panes'][keyof OpenItem['panes']] & object,
): TimingRecord[] {
  const kind = parsePaneKey(pane.key);
  const { width, height } = paneSize(item, pane.key);
  return pane.runs.map((timings, index) => ({
    pane: pane.key,
    method: kind?.method ?? pane.key,
    scale: kind?.scale ?? 1,
    widthPx: width,
    heightPx: height,
    run: timings.run,
    runIndex: index,
    backend: timings.backend,
    precision: timings.precision,
    tiles: pane.tiles,
    compileMs: timings.compileMs,
    upscaleMs: timings.upscaleMs,
    decodeMs: timings.decodeMs,
    presentMs: timings.presentMs,
    totalMs: workMs(timings),
    queuedMs: timings.queuedMs,
    megapixelsPerSecond: megapixelsPerSecond(width, height, workMs(timings)),
  }));
}

const COLUMNS: readonly (keyof TimingRecord)[] = [
  'pane',
  'method',
  'scale',
  'widthPx',
  'heightPx',
  'run',
  'runIndex',
  'backend',
  'precision',
  'tiles',
  'compileMs',
  'upscaleMs',
  'decodeMs',
  'presentMs',
  'totalMs',
  'queuedMs',
  'megapixelsPerSecond',
];

/** The report's runs as RFC 4180 CSV; browser, adapter, models and latent repeat on every line so that files can be joined. */
export function timingCsv(report: TimingReport): string {
  const shared = [
    report.browser,
    report.adapter ?? '',
    report.models.join(' '),
    report.latent?.name ?? '',
    report.madeAt,
  ];
  const lines = report.runs.map((run) => [...COLUMNS.map((column) => run[column]), ...shared]);
  const header = [...COLUMNS, 'browser', 'adapter', 'models', 'latent', 'madeAt'];
  return [header, ...lines].map((line) => line.map(csvCell).join(',')).join('\r\n');
}

function csvCell(value: string | number): string {
  const text = typeof value === 'number' ? String(Number(value.toFixed(3))) : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
