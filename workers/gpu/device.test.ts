import { afterEach, describe, expect, it, vi } from 'vitest';
import { openDevice } from './device.ts';

afterEach(() => vi.unstubAllGlobals());

type Loss = Pick<GPUDeviceLostInfo, 'message'> & { readonly reason: string };

/** A device that the browser takes away when the test says so. */
function browserWithDevice() {
  const told: ((loss: Loss) => void)[] = [];
  const lost = new Promise<Loss>((resolve) => told.push(resolve));
  const lose = (loss: Loss): void => told[0]?.(loss);
  const device = {
    lost,
    adapterInfo: {},
    addEventListener: () => {},
    queue: { onSubmittedWorkDone: async () => {} },
  };
  const adapter = { features: new Set(), limits: {}, info: {}, requestDevice: async () => device };
  vi.stubGlobal('navigator', { gpu: { requestAdapter: async () => adapter }, hardwareConcurrency: 4 });
  return { lose };
}

describe('an error of work on a lost device', () => {
  it.each([
    ['Chromium', 'A valid external Instance reference no longer exists.'],
    ['Firefox', 'Parent device is lost'],
    ['Safari, or whoever comes next', 'The object is in an invalid state.'],
  ])('is told as the loss, in whatever words %s has for it', async (_browser, words) => {
    const { lose } = browserWithDevice();
    const opened = await openDevice();
    // The error comes first, and the news of the loss a little later.
    setTimeout(() => lose({ reason: 'unknown', message: 'the driver was reset' }), 20);
    expect(await opened.explain(new Error(words))).toMatchObject({
      code: 'gpu/lost',
      message: expect.stringContaining('took the GPU away'),
    });
  });

  it('stays itself where the device is well, and where we let go of it', async () => {
    const { lose } = browserWithDevice();
    const opened = await openDevice();
    const error = new Error('a bad graph');
    expect(await opened.explain(error)).toBe(error);
    lose({ reason: 'destroyed', message: '' });
    expect(await opened.explain(error)).toBe(error);
  });
});
