import { describe, expect, it } from 'vitest';
import type { Activity } from '../state/state.ts';
import { createProjection, leftMs } from './project-step.ts';

describe('what a step will take', () => {
  it('follows from its finished tiles, anew for each step', () => {
    let clock = 100;
    const project = createProjection(() => clock);
    expect(project({ kind: 'upscale', tile: 0, tiles: 4 })).toEqual({});
    clock += 500;
    expect(project({ kind: 'upscale', tile: 1, tiles: 4 })).toEqual({ stepMs: 2000 });
    clock += 300;
    expect(project({ kind: 'upscale', tile: 2, tiles: 4 })).toEqual({ stepMs: 1600 });
    expect(project({ kind: 'decode', tile: 0, tiles: 2 })).toEqual({});
    clock += 50;
    expect(project({ kind: 'decode', tile: 1, tiles: 2 })).toEqual({ stepMs: 100 });
  });

  it('is unknown of what has one tile, or none', () => {
    const project = createProjection();
    expect(project({ kind: 'warmup', file: 'a' })).toEqual({});
    expect(project({ kind: 'decode', tile: 1, tiles: 1 })).toEqual({});
    expect(leftMs({ tile: 0, tiles: 4 } as Activity)).toBeNull();
    expect(leftMs({ tile: 1, tiles: 4, stepMs: 2000 } as Activity)).toBe(1500);
  });
});
