import type { Behaviour } from '../../../workers/testing/fake-surroundings.ts';
import { type FakeWorker, fakeLocks, fakeWorker } from '../../../workers/testing/fake-worker.ts';
import { createEngineClient, type EngineClientOptions } from '../create-engine-client.ts';
import type { EngineClient } from '../engine-client.ts';

/** A client whose workers are fakes over real message channels, in the order in which it started them. */
export function createTestClient(
  behaviour: Behaviour,
  options: Partial<EngineClientOptions> = {},
): { client: EngineClient; workers: FakeWorker[] } {
  const workers: FakeWorker[] = [];
  const locks = fakeLocks();
  const client = createEngineClient({
    baseUrl: 'https://example.org/',
    locks: behaviour.hasLocks ? locks : undefined,
    ...options,
    spawn: () => {
      const worker = fakeWorker(behaviour, locks);
      workers.push(worker);
      return worker;
    },
  });
  return { client, workers };
}
