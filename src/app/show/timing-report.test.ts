import { describe, expect, it } from 'vitest';
import type { Timings } from '../../contract/engine.ts';
import { reduce } from '../state/reducer.ts';
import { type AppState, initialState } from '../state/state.ts';
import { fakeBitmap } from '../testing/fake-engine-client.ts';
import { openItem } from '../testing/open-item.ts';
import { timingCsv, timingReport } from './timing-report.ts';

const timings = (run: 'cold' | 'warm'): Timings => ({
  queuedMs: 10,
  compileMs: run === 'cold' ? 40 : 0,
  upscaleMs: 20,
  decodeMs: 30.12345,
  presentMs: 2,
  totalMs: run === 'cold' ? 110 : 70,
  run,
  backend: 'wasm',
  precision: 'f32',
});

function ran(name: string): AppState {
  const image = { bitmap: fakeBitmap(64, 64), width: 64, height: 64, kind: 'final', version: 0 } as const;
  const opened = { type: 'item-opened', item: { ...openItem(1), name }, isSelected: true } as const;
  return (['cold', 'warm'] as const).reduce<AppState>(
    (state, run) =>
      reduce(state, { type: 'pane-done', id: 1, key: 'lua-2', image, tiles: 3, timings: timings(run) }),
    reduce(initialState('auto'), opened),
  );
}

describe('the timing report', () => {
  it('holds every run, with sizes and the total without the wait', () => {
    const report = timingReport(ran('a.npy'), 'Browser 1', '2026-01-01T00:00:00Z');
    expect(report.runs).toHaveLength(2);
    expect(report.runs[0]).toMatchObject({
      pane: 'lua-2',
      scale: 2,
      widthPx: 64,
      run: 'cold',
      totalMs: 100,
      tiles: 3,
    });
    expect(report.runs[1]).toMatchObject({ run: 'warm', runIndex: 1, totalMs: 60, compileMs: 0 });
    expect(report.latent).toEqual({
      name: 'a.npy',
      family: 'flux2',
      channels: 32,
      heightCells: 4,
      widthCells: 4,
    });
  });

  it('counts output megapixels a second', () => {
    const [run] = timingReport(ran('a.npy'), '', '').runs;
    expect(run?.megapixelsPerSecond).toBeCloseTo((64 * 64) / 1e6 / 0.1);
  });

  it('writes CSV that survives commas and quotes in a name', () => {
    const csv = timingCsv(timingReport(ran('my "best", really.npy'), 'Browser 1', 'now'));
    const [header, first] = csv.split('\r\n');
    expect(first).toContain('"my ""best"", really.npy"');
    expect(first).toContain(',30.123,');
    expect(first?.replace(/"(?:[^"]|"")*"/g, '').split(',')).toHaveLength(header?.split(',').length ?? 0);
  });

  it('is empty before anything is open', () => {
    const report = timingReport(initialState('auto'), '', '');
    expect([report.runs, report.latent]).toEqual([[], null]);
  });
});
