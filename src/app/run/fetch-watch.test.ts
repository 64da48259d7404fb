import { describe, expect, it } from 'vitest';
import { createFetchWatch } from './fetch-watch.ts';

const fetch = (file: string, loadedBytes: number, totalBytes = 100) =>
  ({ kind: 'fetch', file, loadedBytes, totalBytes }) as const;

describe('several downloads at once', () => {
  it('are told by one that is still under way, not by the one that just ended', () => {
    const watch = createFetchWatch(() => 0);
    watch.note(fetch('decoder', 30));
    expect(watch.note(fetch('lua', 50)).file).toBe('decoder');
    expect(watch.note(fetch('lua', 100))).toMatchObject({ file: 'decoder', loadedBytes: 30, silentMs: 0 });
    expect(watch.note(fetch('decoder', 100)).file).toBe('decoder');
  });

  it('name the one that stalls, and for how long, while others go on', () => {
    let ms = 0;
    const watch = createFetchWatch(() => ms);
    watch.note(fetch('lua', 10));
    watch.note(fetch('decoder', 30));
    ms = 5000;
    watch.note(fetch('lua', 20));
    expect(watch.stalled()).toBeNull();
    ms = 12_000;
    expect(watch.note(fetch('lua', 60))).toMatchObject({ file: 'decoder', silentMs: 12_000 });
    expect(watch.stalled()).toMatchObject({ file: 'decoder', loadedBytes: 30 });
    watch.note(fetch('decoder', 40));
    expect(watch.stalled()).toBeNull();
  });
});
