import type { EngineClient } from '../../client/engine-client.ts';
import type { StoredWeights, WeightsSource } from '../../contract/weights-library.ts';
import type { Action } from '../state/actions.ts';
import type { Transfer } from '../state/models-state.ts';
import type { AppState } from '../state/state.ts';
import type { Store } from '../state/store.ts';

/** Weights on their way into the browser's storage, each with its progress in the state. */
export interface WeightsTransfers {
  /** Brings weights in and hands them to `use`; the transfer is over when that is. Rejects as the client and `use` do. */
  run(source: WeightsSource, name: string, use: (added: StoredWeights) => Promise<void>): Promise<void>;
  cancel(id: number): void;
}

export function createWeightsTransfers(
  client: EngineClient,
  store: Store<AppState, Action>,
): WeightsTransfers {
  const running = new Map<number, AbortController>();
  let lastId = 0;
  return {
    async run(source, name, use) {
      lastId += 1;
      const id = lastId;
      const abort = new AbortController();
      running.set(id, abort);
      let transfer: Transfer = { id, name, address: source.address, loadedBytes: 0, totalBytes: 0 };
      function tell(change: Partial<Transfer>): void {
        transfer = { ...transfer, ...change };
        store.dispatch({ type: 'transfer-changed', transfer });
      }
      tell({});
      try {
        const added = await client.importWeights(source, {
          signal: abort.signal,
          onProgress: (progress) => {
            if (progress.kind !== 'fetch') return;
            const { file, loadedBytes, totalBytes } = progress;
            tell({ name: file, loadedBytes, totalBytes });
          },
        });
        await use(added);
      } finally {
        running.delete(id);
        store.dispatch({ type: 'transfer-ended', id });
      }
    },
    cancel: (id) => running.get(id)?.abort(),
  };
}
