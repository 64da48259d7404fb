import { describe, expect, it } from 'vitest';
import { runtimeError } from './run-error.ts';

const codeOf = (cause: unknown): string => runtimeError('engine/build', 'preparing the network', cause).code;

describe('an error of the runtime', () => {
  it.each([
    'no available backend found. ERR: [wasm] RuntimeError: Aborted(CompileError: WebAssembly.instantiate(): expected magic word 00 61 73 6d, found 3c 21 64 6f @+0). Build with -sASSERTIONS for more info.',
    'Aborted(LinkError: WebAssembly.instantiate(): Import #0 "a": module is not an object or function)',
    'Aborted(both async and sync fetching of the wasm failed)',
  ])('that comes of a damaged file is not blamed on memory: %s', (text) => {
    expect(codeOf(new Error(text))).toBe('engine/build');
    expect(runtimeError('engine/build', 'preparing the network', new Error(text)).message).toMatch(/damaged/);
  });

  it.each([
    'Aborted(OOM)',
    'Aborted(). Build with -sASSERTIONS for more info.',
    'Aborted(native code called abort())',
    'std::bad_alloc',
    'RuntimeError: memory access out of bounds',
    'Aborted(RangeError: WebAssembly.instantiate(): Out of memory: Cannot allocate Wasm memory for new instance)',
  ])('that comes of memory says so: %s', (text) => {
    expect(codeOf(new Error(text))).toBe('engine/out-of-memory');
  });

  it('that is a bare number is one of memory', () => {
    expect(codeOf(12_345_678)).toBe('engine/out-of-memory');
  });

  it('of another kind keeps its words', () => {
    expect(runtimeError('engine/run', 'running the network', new Error('Shape mismatch')).message).toContain(
      'Shape mismatch',
    );
  });
});
