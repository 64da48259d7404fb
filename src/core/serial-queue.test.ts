import { describe, expect, it } from 'vitest';
import { createSerialQueue } from './serial-queue.ts';

const later = (log: string[], name: string) => async () => {
  log.push(`${name} starts`);
  await new Promise((resolve) => setTimeout(resolve, 5));
  log.push(`${name} ends`);
  return name;
};

describe('a serial queue', () => {
  it('never lets two tasks overlap', async () => {
    const log: string[] = [];
    const queue = createSerialQueue();
    await Promise.all([queue.run(later(log, 'a')), queue.run(later(log, 'b'))]);
    expect(log).toEqual(['a starts', 'a ends', 'b starts', 'b ends']);
  });

  it('goes on after a task that rejects and after one that throws', async () => {
    const queue = createSerialQueue();
    const rejected = queue.run(() => Promise.reject(new Error('first')));
    const thrown = queue.run(() => {
      throw new Error('second');
    });
    const fine = queue.run(async () => 3);
    await expect(rejected).rejects.toThrow('first');
    await expect(thrown).rejects.toThrow('second');
    await expect(fine).resolves.toBe(3);
    expect(queue.size).toBe(0);
  });

  it('never starts a task whose signal aborted while it waited', async () => {
    const log: string[] = [];
    const queue = createSerialQueue();
    const abort = new AbortController();
    const first = queue.run(later(log, 'a'));
    const second = queue.run(later(log, 'b'), abort.signal);
    const third = queue.run(later(log, 'c'));
    abort.abort();
    await expect(second).rejects.toMatchObject({ name: 'AbortError' });
    await Promise.all([first, third]);
    expect(log).toEqual(['a starts', 'a ends', 'c starts', 'c ends']);
  });
});
