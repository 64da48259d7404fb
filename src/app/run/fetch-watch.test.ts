import { describe, expect, it } from 'vitest';
import { createFetchWatch } from './fetch-watch.ts';

const fetch = (file: string, loadedBytes: number, totalBytes = 100) =>
  ({ kind: 'fetch', file, loadedBytes, totalBytes }) as const;

describe('several downloads at once', () => {
  it('are told as one sum, which never falls when one of them ends', () => {
    const watch = createFetchWatch(() => 0);
    expect(watch.note(fetch('decoder', 30))).toMatchObject({ file: 'decoder', files: 1, loadedBytes: 30 });
    expect(watch.note(fetch('lua', 50))).toMatchObject({ files: 2, loadedBytes: 80, totalBytes: 200 });
    expect(watch.note(fetch('lua', 100))).toMatchObject({ files: 2, loadedBytes: 130, silentMs: 0 });
    expect(watch.note(fetch('decoder', 100))).toMatchObject({ loadedBytes: 200, totalBytes: 200 });
  });

  it('have no total while one of them has none', () => {
    const watch = createFetchWatch(() => 0);
    watch.note(fetch('decoder', 30));
    expect(watch.note(fetch('lua', 5, 0))).toMatchObject({ loadedBytes: 35, totalBytes: 0 });
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
