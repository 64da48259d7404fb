import { expose } from 'comlink';
import { describe, expect, test } from 'vitest';
import type { FileReading } from '../contract/file-reading.ts';
import { installTransferHandlers } from '../contract/transfer.ts';
import { AppError } from '../core/errors.ts';
import { isMissingPart } from '../core/missing-part.ts';
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

  test('a reader whose script is gone from the host is told at once, with the reload that brings the new version', async () => {
    const ended: string[] = [];
    function start(): WorkerLike {
      const { port1 } = new MessageChannel();
      // So browsers tell of a module worker whose own script, or one that it imports, answers 404 or HTML.
      setTimeout(() => port1.dispatchEvent(new Event('error')), 10);
      return Object.assign(port1, {
        terminate() {
          ended.push('reader');
          port1.close();
        },
      }) as unknown as WorkerLike;
    }
    const read = createFileReader({ start });
    const begin = performance.now();
    const error = await read(file, 'a.npy', {}, never).catch((caught: unknown) => caught);
    expect(performance.now() - begin).toBeLessThan(5000);
    expect(isMissingPart(error)).toBe(true);
    expect(error).toMatchObject({ message: expect.stringMatching(/new version.*Reload the page/) });
    expect(ended).toEqual(['reader']);
  });

  test('a start that the browser loses is tried again, and the file is read', async () => {
    const { start, ended, started } = workers(() => async () => picture);
    let lost = 0;
    const read = createFileReader({
      start: () =>
        lost++ === 0
          ? (Object.assign(new MessageChannel().port1, {
              terminate: () => ended.push(-1),
            }) as unknown as WorkerLike)
          : start(),
      againMs: 20,
    });
    expect(await read(file, 'a.png', {}, never)).toEqual(picture);
    expect(ended).toEqual([-1]);
    expect(await read(file, 'b.png', {}, never)).toEqual(picture);
    expect(started()).toBe(1);
  });

  test('a reader that never starts, without a word of the browser, is told in the end', async () => {
    const start = () =>
      Object.assign(new MessageChannel().port1, { terminate() {} }) as unknown as WorkerLike;
    const read = createFileReader({ start, startMs: 30, againMs: 10 });
    const error = await read(file, 'a.npy', {}, never).catch((caught: unknown) => caught);
    expect(isMissingPart(error)).toBe(true);
  });
});
