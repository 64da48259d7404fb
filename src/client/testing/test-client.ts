import type { Behaviour } from '../../../workers/testing/fake-surroundings.ts';
import { type FakeWorker, fakeWorker } from '../../../workers/testing/fake-worker.ts';
import { createEngineClient } from '../create-engine-client.ts';
import type { EngineClient } from '../engine-client.ts';

/** A client whose workers are fakes over real message channels, in the order in which it started them. */
export function createTestClient(behaviour: Behaviour): { client: EngineClient; workers: FakeWorker[] } {
  const workers: FakeWorker[] = [];
  const client = createEngineClient({
    baseUrl: 'https://example.org/',
    spawn: () => {
      const worker = fakeWorker(behaviour);
      workers.push(worker);
      return worker;
    },
  });
  return { client, workers };
}
