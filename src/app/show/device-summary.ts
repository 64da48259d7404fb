import type { AppState } from '../state/state.ts';

/** What runs the models: on what, why that, and what would be faster. */
export interface DeviceSummary {
  readonly title: string;
  readonly detail: string;
  /** The same for whoever does not care about precisions. */
  readonly badge: string;
  readonly reason: string;
  /** What would help where it is slow; empty where nothing would. */
  readonly advice: string;
}

const counted = (threads: number): string => `${threads} ${threads === 1 ? 'thread' : 'threads'}`;

/** What runs the models; what was loaded where it is known, else what was announced. */
export function deviceSummary(state: AppState): DeviceSummary | null {
  const { device, report } = state.engine;
  const backend = report?.backend ?? device?.backend;
  if (backend === undefined) return null;
  const adapter = report?.adapter ?? device?.adapter ?? null;
  const threads = report?.threads ?? device?.threads ?? 1;
  const isGpu = backend === 'webgpu';
  const hardware = isGpu
    ? [adapter?.vendor, adapter?.architecture || adapter?.description].filter(Boolean).join(' ')
    : counted(threads);
  return {
    title: isGpu ? 'WebGPU' : 'CPU',
    detail: [report?.precision, hardware].filter(Boolean).join(', '),
    badge: isGpu ? hardware : `${hardware}: slower`,
    reason: report?.reason ?? device?.reason ?? '',
    advice: isGpu ? '' : adviceFor(threads, device?.isCrossOriginIsolated ?? true),
  };
}

function adviceFor(threads: number, isIsolated: boolean): string {
  const more = threads === 1 && !isIsolated ? 'Reload the page to use every core of the processor. ' : '';
  return `${more}A browser with WebGPU on a machine with a graphics card is many times faster.`;
}
