import type { Backend } from '../../src/contract/engine.ts';
import type { EngineDeps } from '../engine-deps.ts';
import type { Compute } from '../pipeline/compute.ts';
import { createProgressRelay } from './progress-relay.ts';

type OpenCompute = EngineDeps['openCompute'];

/**
 * `openCompute`, which has begun with `expected` before anybody asked: its runtime is fetched and started while the device is asked and the
 * models are fetched. The first who asks for that backend gets it; who asks for another has it disposed of. One that has failed by then
 * is opened again.
 */
export function openEarly(openCompute: OpenCompute, expected: Backend): OpenCompute {
  const abort = new AbortController();
  const relay = createProgressRelay();
  let early: Promise<Compute> | null = openCompute(expected, {
    signal: abort.signal,
    onBytes: relay.onBytes,
  });
  early.catch(() => {
    early = null;
  });

  return async (backend, options) => {
    const begun = early;
    early = null;
    if (begun === null) return openCompute(backend, options);
    if (backend !== expected) {
      abort.abort();
      begun.then(
        (compute) => compute.dispose(),
        () => {},
      );
      return openCompute(backend, options);
    }
    const { signal, onBytes } = options;
    const stopListening = relay.listen(onBytes);
    const giveUp = (): void => abort.abort(signal.reason);
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp);
    try {
      return await begun;
    } finally {
      stopListening();
      signal.removeEventListener('abort', giveUp);
    }
  };
}
