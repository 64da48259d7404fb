import { expose } from 'comlink';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PictureTools } from '../contract/picture-tools.ts';
import { installTransferHandlers } from '../contract/transfer.ts';
import { isMissingPart } from '../core/missing-part.ts';
import { createPictureClient } from './picture-client.ts';
import type { WorkerLike } from './worker-connection.ts';

const opened = { width: 8, height: 8 } as ImageBitmap;
const stuck = () => new Promise<never>(() => {});
const tiff = () => new ArrayBuffer(4);

/** Workers over real channels; `openTiff` is what the n-th of them does with a file, `others` with what is measured and reduced. */
function workers(
  openTiff: (n: number) => PictureTools['openTiff'],
  others: (n: number) => Partial<PictureTools> = () => ({}),
) {
  installTransferHandlers();
  const ports: MessagePort[] = [];
  const ended: number[] = [];
  function start(): WorkerLike {
    const n = ports.length;
    const { port1, port2 } = new MessageChannel();
    ports.push(port1);
    expose({ openTiff: openTiff(n), ...others(n) }, port2);
    return Object.assign(port1, {
      terminate() {
        ended.push(n);
        port1.close();
      },
    }) as unknown as WorkerLike;
  }
  /** As browsers tell of it: with a message where a script failed, without one where it or memory is missing. */
  const fail = (n: number, message?: string) =>
    ports[n]?.dispatchEvent(Object.assign(new Event('error'), message === undefined ? {} : { message }));
  return { start, fail, ended, started: () => ports.length };
}

const caught = (work: Promise<unknown>) => work.catch((error: unknown) => error);

describe('the worker for pictures', () => {
  it('serves call after call', async () => {
    const { start, started } = workers(() => async () => opened);
    const client = createPictureClient({ start });
    expect(await client.openTiff(tiff())).toEqual(opened);
    expect(await client.openTiff(tiff())).toEqual(opened);
    expect(started()).toBe(1);
  });

  it('that crashes ends its calls with a sentence, and the next call runs in a new one', async () => {
    const { start, fail, ended } = workers((n) => (n === 0 ? stuck : async () => opened));
    const client = createPictureClient({ start });
    const calls = [client.openTiff(tiff()), client.openTiff(tiff())].map(caught);
    fail(0, 'boom');
    for (const call of calls) {
      expect(await call).toMatchObject({
        code: 'engine/crashed',
        message: expect.stringMatching(/failed in its worker/),
      });
    }
    expect(ended).toEqual([0]);
    expect(await client.openTiff(tiff())).toEqual(opened);
  });

  it('whose script is gone from the host is told with the reload that brings the new version', async () => {
    const { start, fail } = workers(() => stuck);
    const call = caught(createPictureClient({ start }).openTiff(tiff()));
    fail(0);
    const error = await call;
    expect(isMissingPart(error)).toBe(true);
    expect(error).toMatchObject({ message: expect.stringMatching(/new version.*Reload the page/) });
  });

  it('that fails without a word after it has worked is no missing script', async () => {
    let calls = 0;
    const { start, fail } = workers(() => () => (calls++ === 0 ? Promise.resolve(opened) : stuck()));
    const client = createPictureClient({ start });
    await client.openTiff(tiff());
    const call = caught(client.openTiff(tiff()));
    fail(0);
    const error = await call;
    expect(isMissingPart(error)).toBe(false);
    expect(error).toMatchObject({ code: 'engine/crashed' });
  });

  it('that does not answer is given up in the end, and the next call runs in a new one', async () => {
    const { start, ended } = workers((n) => (n === 0 ? stuck : async () => opened));
    const client = createPictureClient({ start, patienceMs: 30 });
    expect(await caught(client.openTiff(tiff()))).toMatchObject({
      code: 'file/too-large',
      message: expect.stringMatching(/took too long.*Save it as PNG/),
    });
    expect(ended).toEqual([0]);
    expect(await client.openTiff(tiff())).toEqual(opened);
  });

  describe('that does not come to an end', () => {
    const picture = { width: 8, height: 8 } as ImageBitmap;
    const figures = { psnr: 30, ssim: 0.9 };
    const [hangs, works] = [
      { compare: stuck, detail: stuck, reduce: stuck },
      { compare: async () => figures, detail: async () => 0.5, reduce: async () => opened },
    ];
    /** The first worker hangs at everything, the next ones work. */
    const hangingOnce = () =>
      workers(
        () => async () => opened,
        (n) => (n === 0 ? hangs : works),
      );

    // Node has no bitmaps; what is transferred instead can be transferred as well.
    beforeEach(() => void vi.stubGlobal('createImageBitmap', async () => new ArrayBuffer(4)));
    afterEach(() => void vi.unstubAllGlobals());

    it.each<[string, (client: PictureTools) => Promise<unknown>, unknown]>([
      ['comparing two pictures', (client) => client.compare(picture, picture), figures],
      ['looking for fine detail', (client) => client.detail(picture), 0.5],
      ['reducing a picture', (client) => client.reduce(picture, 4, 4), opened],
    ])('at %s is ended with a sentence, and the next call runs in a new one', async (_, call, answer) => {
      const { start, ended, started } = hangingOnce();
      const client = createPictureClient({ start, measureMs: 30 });
      expect(await caught(call(client))).toMatchObject({
        code: 'engine/timeout',
        message: expect.stringMatching(/took longer than 0.03 s and was ended.*Try again, or a smaller/),
      });
      expect(ended).toEqual([0]);
      expect(await call(client)).toEqual(answer);
      expect(started()).toBe(2);
    });

    it('takes nobody else along into the waiting: who stood behind is told at once, and is served by the new one', async () => {
      const { start, ended, started } = hangingOnce();
      const client = createPictureClient({ start, measureMs: 30, patienceMs: 60_000 });
      const first = caught(client.detail(picture));
      await new Promise((resolve) => setTimeout(resolve, 10));
      const behind = caught(client.compare(picture, picture));
      expect(await first).toMatchObject({ code: 'engine/timeout' });
      // 10 ms later its own time would be over, and would end the worker of those who come after.
      expect(await behind).toMatchObject({ code: 'engine/timeout' });
      const next = client.compare(picture, picture);
      await new Promise((resolve) => setTimeout(resolve, 40));
      expect(await next).toEqual(figures);
      expect([ended, started()]).toEqual([[0], 2]);
    });
  });
});
