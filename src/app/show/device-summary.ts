import { workWords } from '../../words/work.ts';
import type { AppState } from '../state/state.ts';
import { causeOf } from './messages.ts';

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

/** What runs the models; what was loaded where it is known, else what was announced. */
export function deviceSummary(state: AppState): DeviceSummary | null {
  const { device, report } = state.engine;
  const why = report ?? device;
  if (why === null) return null;
  const { backend, adapter, threads } = why;
  const isGpu = backend === 'webgpu';
  const hardware = isGpu
    ? [adapter?.vendor, adapter?.architecture || adapter?.description].filter(Boolean).join(' ')
    : workWords().threads(threads);
  return {
    title: isGpu ? 'WebGPU' : 'CPU',
    detail: [report?.precision, hardware].filter(Boolean).join(', '),
    badge: isGpu ? hardware : workWords().slower(hardware),
    reason: causeOf(why.cause, why.reason),
    advice: isGpu ? '' : adviceFor(threads, device?.isCrossOriginIsolated ?? true),
  };
}

function adviceFor(threads: number, isIsolated: boolean): string {
  const more = threads === 1 && !isIsolated ? workWords().reload : '';
  return more + workWords().advice;
}
