import { AppError } from '../../src/core/errors.ts';

/** What the runtime and the browser say when memory runs out; there is no code to go by. */
const OUT_OF_MEMORY =
  /bad_alloc|out of memory|allocation failed|failed to allocate|memory access out of bounds|Aborted\((OOM|native code|\))/i;

/** What they say of a binary that is not the one it should be. */
const DAMAGED = /CompileError|LinkError|fetching of the wasm failed/;

/** The runtime's errors are numbers or texts for engineers: this makes a sentence of one and keeps it as the cause. */
export function runtimeError(code: 'engine/build' | 'engine/run', doing: string, cause: unknown): AppError {
  const text = cause instanceof Error ? cause.message : `error ${String(cause)}`;
  // Emscripten throws bare numbers (pointers to C++ exceptions) when an allocation fails inside the heap.
  if (typeof cause === 'number' || cause instanceof RangeError || OUT_OF_MEMORY.test(text)) {
    return new AppError(
      'engine/out-of-memory',
      `Memory ran out while ${doing}. Try a smaller scale, or close other pages and try again.`,
      { detail: { runtime: text }, cause },
    );
  }
  if (DAMAGED.test(text)) {
    return new AppError(
      code,
      `The runtime's own file is damaged or only partly published (found while ${doing}). Reload the page in a minute.`,
      { detail: { runtime: text }, cause },
    );
  }
  return new AppError(code, `The runtime failed while ${doing}: ${text}`, { cause });
}
