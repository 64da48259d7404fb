import type { AppState } from '../state/state.ts';

/** The badge's words: which backend, on what, and why that one. */
export interface DeviceSummary {
  readonly title: string;
  readonly detail: string;
  readonly reason: string;
}

/** What runs the models; what was loaded where it is known, else what was announced. */
export function deviceSummary(state: AppState): DeviceSummary | null {
  const { device, report } = state.engine;
  const backend = report?.backend ?? device?.backend;
  if (backend === undefined) return null;
  const adapter = report?.adapter ?? device?.adapter ?? null;
  const threads = report?.threads ?? device?.threads ?? 1;
  const hardware =
    backend === 'webgpu'
      ? [adapter?.vendor, adapter?.architecture || adapter?.description].filter(Boolean).join(' ')
      : `${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  return {
    title: backend === 'webgpu' ? 'WebGPU' : 'WASM',
    detail: [report?.precision, hardware].filter(Boolean).join(', '),
    reason: report?.reason ?? device?.reason ?? '',
  };
}
