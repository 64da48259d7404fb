import { beforeEach, describe, expect, it } from 'vitest';
import type { FileStorage } from '../../workers/library/file-storage.ts';
import { createMemoryStorage } from '../../workers/library/memory-storage.ts';
import { type Behaviour, calmBehaviour } from '../../workers/testing/fake-surroundings.ts';
import { type FakeWorker, job, PLAN } from '../../workers/testing/fake-worker.ts';
import { gate } from '../../workers/testing/gate.ts';
import { taesdDecoderBytes } from '../../workers/testing/tiny-taesd.ts';
import type { WeightsSource } from '../contract/weights-library.ts';
import type { EngineClient } from './engine-client.ts';
import { createTestClient } from './testing/test-client.ts';

let behaviour: Behaviour;
let client: EngineClient;
let workers: FakeWorker[];

beforeEach(() => {
  behaviour = calmBehaviour();
  ({ client, workers } = createTestClient(behaviour));
  return () => client.dispose();
});

const source = (): WeightsSource & { kind: 'file' } => ({
  kind: 'file',
  file: new Blob([taesdDecoderBytes({ channels: 4, width: 8, isPooled: false })]),
  name: 'taesdxl_decoder.safetensors',
  address: null,
});

/** What a browser with a storage of files gives: the same ones to every worker. */
function shareStorage(beforeWriting = async (): Promise<void> => {}): void {
  const files = createMemoryStorage();
  const storage: FileStorage = {
    ...files,
    medium: 'opfs',
    async append(name) {
      await beforeWriting();
      return files.append(name);
    },
  };
  behaviour.openStorage = async () => storage;
}

describe('weights of a person’s own', () => {
  it('come in beside a network that holds the engine’s thread, and are there for it', async () => {
    shareStorage();
    await client.load(PLAN);
    const held = gate();
    behaviour.beforeRun = () => held.opened;
    const picture = client.decode(job(4));
    const { id } = await client.importWeights(source());
    expect(workers).toHaveLength(2);
    expect((await client.listWeights()).weights.map((one) => one.id)).toEqual([id]);
    held.open();
    await picture;
    const report = await client.load({ ...PLAN, models: { decoder: id } });
    expect(report.models.map((model) => model.id)).toEqual([id]);
    expect(workers).toHaveLength(2);
  });

  it('outlive the engine’s worker while they come in, and their worker’s end leaves the engine be', async () => {
    const [writing, goOn] = [gate(), gate()];
    shareStorage(async () => {
      writing.open();
      await goOn.opened;
    });
    await client.load(PLAN);
    const importing = client.importWeights(source());
    await writing.opened;
    workers[0]?.crash('gone');
    goOn.open();
    expect((await importing).name).toBe('taesdxl_decoder.safetensors');
    expect((await client.decode(job(4))).width).toBe(32);
    workers[1]?.crash('gone too');
    expect((await client.decode(job(4))).width).toBe(32);
    expect((await client.listWeights()).weights).toHaveLength(1);
  });

  it('are listed by the engine’s worker where none have come: no other is started for that', async () => {
    shareStorage();
    await client.load(PLAN);
    await client.listWeights();
    await client.clearWeights();
    expect(workers).toHaveLength(1);
  });

  it('stay in the engine’s worker where the browser keeps nothing', async () => {
    const { id } = await client.importWeights(source());
    expect(workers.map((worker) => worker.isTerminated())).toEqual([true, false]);
    await client.load({ ...PLAN, models: { decoder: id } });
    expect(workers).toHaveLength(2);
    expect((await client.listWeights()).medium).toBe('memory');
  });

  it('end with the client, also where their worker is still starting', async () => {
    shareStorage();
    const opening = gate();
    behaviour.opens = () => opening.opened;
    const importing = client.importWeights(source()).catch((error: unknown) => error);
    await Promise.resolve();
    await client.dispose();
    opening.open();
    expect(await importing).toMatchObject({ code: 'engine/disposed' });
    expect(workers.every((worker) => worker.isTerminated())).toBe(true);
  });
});
