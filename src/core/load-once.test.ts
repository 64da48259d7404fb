import { describe, expect, it } from 'vitest';
import { loadOnce } from './load-once.ts';

describe('what is loaded once', () => {
  it('is loaded by the first who asks, and shared', async () => {
    let loads = 0;
    const one = loadOnce(async () => {
      loads += 1;
      return loads;
    });
    expect(one.isAsked()).toBe(false);
    expect(await Promise.all([one.ask(), one.ask()])).toEqual([1, 1]);
    expect([await one.ask(), one.isAsked()]).toEqual([1, true]);
  });

  it('is asked for again where it could not be had', async () => {
    let isThere = false;
    const one = loadOnce(async () => {
      if (!isThere) throw new Error('no network');
      return 'here';
    });
    await expect(one.ask()).rejects.toThrow('no network');
    expect(one.isAsked()).toBe(false);
    isThere = true;
    expect(await one.ask()).toBe('here');
  });
});
