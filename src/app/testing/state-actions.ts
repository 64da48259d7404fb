import type { LoadReport } from '../../contract/engine.ts';
import type { Action } from '../state/actions.ts';
import type { PaneKey } from '../state/panes.ts';
import { fakeBitmap } from './fake-engine-client.ts';

/** What an engine on one CPU thread reports of a load. */
export const LOADED: LoadReport = {
  backend: 'wasm',
  cause: 'gpu-none',
  reason: '',
  precision: 'f32',
  adapter: null,
  threads: 1,
  models: [],
  loadMs: 1,
};

interface Done {
  /** Of the item; 1 unless it is told. */
  readonly id?: number;
  readonly run?: 'cold' | 'warm';
  readonly compileMs?: number;
  readonly upscaleMs?: number;
  readonly decodeMs?: number;
}

/** A pane that came to its picture, on the CPU. */
export function paneDone(key: PaneKey, done: Done = {}): Action {
  const { id = 1, run = 'cold', compileMs = 0, upscaleMs = 0, decodeMs = 1 } = done;
  const totalMs = compileMs + upscaleMs + decodeMs;
  return {
    type: 'pane-done',
    id,
    key,
    image: { bitmap: fakeBitmap(32, 32), width: 32, height: 32, kind: 'final', version: 0 },
    tiles: 1,
    timings: {
      queuedMs: 0,
      compileMs,
      upscaleMs,
      decodeMs,
      presentMs: 0,
      totalMs,
      run,
      backend: 'wasm',
      precision: 'f32',
    },
  };
}
