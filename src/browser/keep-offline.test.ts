import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keepOffline } from './keep-offline.ts';

/** A browser whose service worker is registered as `register` says, and never takes the page over. */
const browserWith = (register: () => Promise<unknown>) =>
  vi.stubGlobal('navigator', {
    serviceWorker: Object.assign(new EventTarget(), { controller: null, register }),
  });

/** Milliseconds until the engine may start; null where that is not within a minute. */
async function waitMs(): Promise<number | null> {
  const start = Date.now();
  let ms: number | null = null;
  void keepOffline('https://example.org/lift/').then(() => {
    ms = Date.now() - start;
  });
  await vi.advanceTimersByTimeAsync(60_000);
  return ms;
}

describe('the engine waits for the offline copy', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('a moment, where its worker is there and does not take over', async () => {
    browserWith(async () => ({}));
    expect(await waitMs()).toBe(1500);
  });

  it('not at all where the browser refuses or has none', async () => {
    browserWith(() => Promise.reject(new DOMException('private window', 'SecurityError')));
    expect(await waitMs()).toBe(0);
    vi.stubGlobal('navigator', {});
    expect(await waitMs()).toBe(0);
  });

  it('some seconds at most where its script stalls on its way', async () => {
    browserWith(() => new Promise(() => {}));
    expect(await waitMs()).toBe(6500);
  });
});
