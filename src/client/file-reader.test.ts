import { expose } from 'comlink';
import { describe, expect, test } from 'vitest';
import type { FileReading } from '../contract/file-reading.ts';
import { installTransferHandlers } from '../contract/transfer.ts';
import { AppError } from '../core/errors.ts';
import { createFileReader } from './file-reader.ts';
import type { WorkerLike } from './worker-connection.ts';

const picture = { kind: 'picture', type: 'image/png' } as const;
const stuck = () => new Promise<never>(() => {});

/** Workers over real channels; `open` is what the n-th of them does with a file. */
function workers(open: (n: number) => FileReading['open']) {
  installTransferHandlers();
  const ended: number[] = [];
  let started = 0;
  function start(): WorkerLike {
    const n = started++;
    const { port1, port2 } = new MessageChannel();
    expose({ ready: async () => {}, open: open(n) } satisfies FileReading, port2);
    return Object.assign(port1, {
      terminate() {
        ended.push(n);
        port1.close();
      },
    }) as unknown as WorkerLike;
  }
  return { start, ended, started: () => started };
}

const never = new AbortController().signal;
const file = new Blob(['x']);

describe('reading files in a worker', () => {
  test('one worker serves file after file, also after one that was refused', async () => {
    const { start, ended, started } = workers(() => async (_, name) => {
      if (name === 'bad.pt') throw new AppError('file/malformed', 'The file is damaged; save it again.');
      return picture;
    });
    const read = createFileReader({ start });
    expect(await read(file, 'a.png', {}, never)).toEqual(picture);
    await expect(read(file, 'bad.pt', {}, never)).rejects.toMatchObject({ code: 'file/malformed' });
    expect(await read(file, 'b.png', {}, never)).toEqual(picture);
    expect(started()).toBe(1);
    expect(ended).toEqual([]);
  });

  test('a file that takes too long loses its worker and gets a sentence; the next one is read', async () => {
    const { start, ended } = workers((n) => (n === 0 ? stuck : async () => picture));
    const read = createFileReader({ start, deadlineMs: 50 });
    await expect(read(file, 'slow.pt', {}, never)).rejects.toMatchObject({
      code: 'file/too-large',
      message: expect.stringMatching(/“slow.pt”.*Drop another/),
    });
    expect(ended).toEqual([0]);
    expect(await read(file, 'a.png', {}, never)).toEqual(picture);
  });

  test('a file that is no longer wanted ends at once', async () => {
    const { start, ended } = workers(() => stuck);
    const read = createFileReader({ start });
    const abort = new AbortController();
    const reading = read(file, 'slow.pt', {}, abort.signal);
    const begin = performance.now();
    setTimeout(() => abort.abort(), 20);
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
    expect(performance.now() - begin).toBeLessThan(300);
    expect(ended).toEqual([0]);
  });
});
