import { describe, expect, test } from 'vitest';
import { AppError } from '../core/errors.ts';
import { Ladder } from './ladder.ts';

const lost = () => new AppError('gpu/lost', 'The browser took the GPU away.');
const full = () => new AppError('gpu/out-of-memory', 'The GPU has no memory left.');

function ladder() {
  let minutes = 0;
  const made = new Ladder(() => minutes * 60_000);
  function fail(passed: number, error: AppError): boolean {
    minutes += passed;
    return made.climb(error);
  }
  return { made, fail };
}

describe('how a call is tried again', () => {
  test('a GPU lost twice in a row is given up for the CPU', () => {
    const { made, fail } = ladder();
    expect(fail(1, lost())).toBe(true);
    expect(fail(1, lost())).toBe(true);
    expect(made.start.isCpuOnly).toBe(true);
    expect(made.explain({ cause: 'cpu-asked', reason: '', backend: 'wasm' })).toEqual({
      cause: 'cpu-after-failure',
      reason: expect.stringMatching(/took the GPU away.*CPU is used instead/),
    });
  });

  test('a GPU lost once a day, as a laptop sleeps, is never given up', () => {
    const { made, fail } = ladder();
    for (let day = 0; day < 5; day += 1) {
      expect(fail(24 * 60, lost())).toBe(true);
      expect(made.start.isCpuOnly).toBe(false);
    }
  });

  test('memory that ran out once is not tried whole again, however late', () => {
    const { made, fail } = ladder();
    fail(1, full());
    fail(24 * 60, full());
    expect(made.start.isCpuOnly).toBe(true);
  });

  test('threads of the CPU that got stuck are told where the CPU is used, and only there', () => {
    const { made } = ladder();
    made.noteEnd(new AppError('engine/crashed', 'Silent.', { detail: { isStuck: true } }));
    expect(made.start.isSingleThread).toBe(true);
    const gpu = { cause: 'gpu', reason: 'WebGPU.', backend: 'webgpu' } as const;
    expect(made.explain(gpu).reason).toBe('WebGPU.');
    expect(made.explain({ ...gpu, backend: 'wasm' }).reason).toMatch(/^WebGPU\. On one thread/);
  });

  test('past the last rung nothing is left to try', () => {
    const { fail } = ladder();
    for (let i = 0; i < 2; i += 1) fail(1, full());
    expect(fail(1, full())).toBe(false);
  });
});
