import { describe, expect, it } from 'vitest';
import { startCall } from './call.ts';

const newCall = () => startCall(new AbortController().signal, () => {});

describe('the end of a call', () => {
  it('frees everything though one thing cannot be freed, and tells of that instead of throwing', () => {
    const call = newCall();
    const freed: string[] = [];
    const lost = new Error('the device is lost');
    call.own({ dispose: () => void freed.push('first') });
    call.own({
      dispose() {
        throw lost;
      },
    });
    call.own({ dispose: () => void freed.push('last') });
    expect(call.end()).toEqual([lost]);
    expect(freed).toEqual(['first', 'last']);
    expect(call.end()).toEqual([]);
  });

  it('leaves alone what is given to the caller', () => {
    const call = newCall();
    let isFreed = false;
    const picture = {
      dispose() {
        isFreed = true;
      },
    };
    expect(call.keep(call.own(picture))).toBe(picture);
    expect(call.end()).toEqual([]);
    expect(isFreed).toBe(false);
  });
});
